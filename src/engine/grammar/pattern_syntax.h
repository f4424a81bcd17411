// A pattern as a tree. See pattern.h for what is read.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/grammar/character_set.h"
#include "engine/grammar/grammar.h"

namespace temper::engine {

struct PatternNode {
  enum class Kind : std::uint8_t { Characters, Sequence, Choice, Repeat, Begin, End };
  Kind kind = Kind::Sequence;
  CharacterSet characters;
  std::vector<PatternNode> children;
  Count count;  // Repeat
};

Result<PatternNode> parse_pattern(std::string_view pattern);

}  // namespace temper::engine
