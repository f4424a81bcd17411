// The same bytes again and again: one character, a word, a line, a block of lines.
//
// Knows bytes, and of what they say only so much as to be patient with data. The rules
// by which it is patient are a table in block.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/guard/repetition.h"
#include "agent/guard/tail.h"

namespace temper::agent {

// The longest block whose repetition is noticed.
constexpr std::uint64_t kMaxBlockBytes = 8192;

class BlockGuard {
 public:
  BlockGuard();

  // Looks at the last byte of `tail`, of which it has seen all others. Constant time, but
  // for a look at a block that has been repeated for as long as that look takes.
  std::optional<Repetition> read(const Tail& tail, Tolerance tolerance);

 private:
  // A period that the last bytes keep to.
  struct Candidate {
    std::uint64_t period = 0;  // 0: none
    std::uint64_t equal = 0;   // so many bytes are as one period before
    std::uint64_t needed = 0;  // a stretch of so many is too much; 0: not looked at yet
    Tolerance tolerance = Tolerance::Prose;  // for which that holds
  };

  void follow(const Tail& tail);
  void propose(const Tail& tail);
  void adopt(std::uint64_t period, std::uint64_t equal);

  std::array<Candidate, 4> candidates_ = {};
  std::uint64_t hash_ = 0;                // of the last few bytes
  std::vector<std::uint32_t> last_seen_;  // by hash, where such bytes ended last
};

}  // namespace temper::agent
