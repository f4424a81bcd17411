// The same lines or sentences in turn: one, or a cycle of up to two dozen.
//
// Sees what BlockGuard cannot: list items whose numbers go up while the words stay, and
// sentences that differ in nothing but their numbers. Where code or data do so it is what
// tables and tests look like, and left alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/guard/repetition.h"
#include "agent/guard/unit.h"

namespace temper::agent {

class LinesGuard {
 public:
  std::optional<Repetition> read(const Unit& unit);

 private:
  static constexpr std::size_t kMaxCycle = 24;
  static constexpr std::size_t kKept = 512;

  struct Line {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t exact = 0;
    std::uint64_t without_numbers = 0;
    std::uint32_t letter_words = 0;
    bool is_item = false;
    bool is_prose = false;
    bool ends_sentence = false;
  };
  // What the last `cycle` lines are, by bytes.
  struct Share {
    std::uint64_t bytes = 0;
    std::uint64_t prose = 0;
    std::uint64_t sentences = 0;  // prose of five words and more that ends as such
    std::uint64_t items = 0;      // list items of two words and more
  };

  const Line& back(std::size_t lines) const { return lines_[(count_ - 1 - lines) % kKept]; }
  Share share_of(std::size_t cycle) const;
  std::optional<Repetition> judge(RepetitionKind kind, std::size_t cycle,
                                  std::uint64_t equal) const;

  std::array<Line, kKept> lines_ = {};
  std::uint64_t count_ = 0;
  // For each length of a cycle: so many lines are as one cycle before.
  std::array<std::uint64_t, kMaxCycle + 1> equal_ = {};
  std::array<std::uint64_t, kMaxCycle + 1> equal_without_numbers_ = {};
};

}  // namespace temper::agent
