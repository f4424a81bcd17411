// What a template may take: it comes with a model file, from whoever made that.
#pragma once

#include <cstddef>
#include <cstdint>

namespace temper::engine {

struct TemplateLimits {
  std::size_t max_source_bytes = 1024 * 1024;
  std::size_t max_parse_depth = 100;  // blocks in blocks, and expressions in expressions
  // Of one rendering. A step is roughly an operation, or what goes over 64 bytes of text.
  std::uint64_t max_steps = 50'000'000;
  std::size_t max_depth = 500;  // of evaluation: macros that call macros, and what they nest
  std::size_t max_output_bytes = 64 * 1024 * 1024;
  std::size_t max_memory_bytes = 256 * 1024 * 1024;  // of all values alive, roughly
};

}  // namespace temper::engine
