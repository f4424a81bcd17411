#include "agent/guard/lines.h"

#include <algorithm>

namespace temper::agent {
namespace {

struct Limit {
  std::uint64_t times;
  std::uint64_t bytes;
};
constexpr Limit kNever = {~std::uint64_t{0}, 0};

}  // namespace

std::optional<Repetition> LinesGuard::read(const Unit& unit) {
  lines_[count_++ % kKept] = {.begin = unit.begin,
                              .end = unit.end,
                              .exact = unit.exact,
                              .without_numbers = unit.without_numbers,
                              .letter_words = unit.letter_words,
                              .is_item = unit.is_item,
                              .is_prose = unit.is_prose,
                              .ends_sentence = unit.ends_sentence};
  for (std::size_t cycle = 1; cycle <= kMaxCycle && cycle < count_; ++cycle) {
    const Line& earlier = back(cycle);
    equal_[cycle] = earlier.exact == unit.exact ? equal_[cycle] + 1 : 0;
    equal_without_numbers_[cycle] =
        earlier.without_numbers == unit.without_numbers ? equal_without_numbers_[cycle] + 1 : 0;
  }
  for (std::size_t cycle = 1; cycle <= kMaxCycle; ++cycle) {
    if (auto found = judge(RepetitionKind::Lines, cycle, equal_[cycle])) return found;
    if (auto found = judge(RepetitionKind::Numbers, cycle, equal_without_numbers_[cycle])) {
      return found;
    }
  }
  return std::nullopt;
}

LinesGuard::Share LinesGuard::share_of(std::size_t cycle) const {
  Share share;
  for (std::size_t at = 0; at < cycle; ++at) {
    const Line& line = back(at);
    const std::uint64_t bytes = line.end - line.begin;
    share.bytes += bytes;
    if (line.is_prose) share.prose += bytes;
    if (line.is_prose && line.ends_sentence && line.letter_words >= 5) share.sentences += bytes;
    if (line.is_item && line.letter_words >= 2) share.items += bytes;
  }
  return share;
}

std::optional<Repetition> LinesGuard::judge(RepetitionKind kind, std::size_t cycle,
                                            std::uint64_t equal) const {
  const std::uint64_t times = (equal + cycle) / cycle;
  if (times < 6) return std::nullopt;
  const Share share = share_of(cycle);
  const auto mostly = [&](std::uint64_t bytes) { return bytes * 10 >= share.bytes * 6; };
  Limit limit = kNever;
  if (kind == RepetitionKind::Lines && mostly(share.prose)) {
    limit = {6, 150};
  } else if (kind == RepetitionKind::Lines && mostly(share.prose + share.items)) {
    limit = {8, 150};
  } else if (kind == RepetitionKind::Numbers && mostly(share.sentences)) {
    limit = mostly(share.items) ? Limit{16, 300} : Limit{8, 300};
  }
  const std::uint64_t lines = std::min<std::uint64_t>(equal + cycle, kKept - 1);
  const Line& first = back(lines - 1);
  const std::uint64_t end = back(0).end;
  if (times < limit.times || end - first.begin < limit.bytes) return std::nullopt;
  return Repetition{.kind = kind,
                    .begin = first.begin,
                    .end = end,
                    .unit_bytes = end - back(cycle - 1).begin,
                    .times = times};
}

}  // namespace temper::agent
