// A period is proposed where the last 16 bytes have been seen not long ago, and then
// followed byte by byte. Where one block has repetitions in it, several periods are
// followed at once, so that a run of dashes in each of many equal lines does not hide the
// lines.
#include "agent/guard/block.h"

#include <algorithm>
#include <string_view>

#include "base/ascii.h"

namespace temper::agent {
namespace {

constexpr std::uint64_t kSeen = 16;           // bytes that propose a period
constexpr std::uint64_t kLeastStretch = 100;  // nothing shorter is ever too much
constexpr std::size_t kHashBits = 15;
constexpr std::string_view kPunctuation = ".,!?'`:-";
constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;

constexpr std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent > 0; --exponent) result *= base;
  return result;
}

bool is_alnum_or_more(std::uint8_t byte) {
  return byte >= 0x80 || is_alnum(static_cast<char>(byte));
}

// What a block looks like.
struct Look {
  std::uint32_t words = 0;       // of two letters and more
  std::uint32_t long_words = 0;  // of three and more
  std::uint32_t letters = 0;
  std::uint32_t symbols = 0;
  std::uint32_t visible = 0;
  std::uint32_t longest_word = 0;
  bool has_line_break = false;
  bool is_one_byte = true;
};

// Words have no digit in them: those of hexadecimal numbers are none. In the JSON of a call
// a line break is a backslash and a letter, and neither is a word.
Look look_at(const Tail& tail, std::uint64_t period) {
  Look look;
  std::uint32_t word = 0;
  bool has_digit = false;
  bool escaped = false;
  const auto end_word = [&] {
    look.longest_word = std::max(look.longest_word, word);
    if (!has_digit) {
      look.letters += word;
      look.words += word >= 2 ? 1 : 0;
      look.long_words += word >= 3 ? 1 : 0;
    }
    word = 0;
    has_digit = false;
  };
  // Not from within a word, so that the same block always looks the same.
  std::uint64_t begin = tail.size() - period;
  while (begin > tail.size() - 2 * period && is_alnum_or_more(tail[begin - 1])) --begin;
  for (std::uint64_t at = begin; at < begin + period; ++at) {
    const std::uint8_t byte = tail[at];
    look.is_one_byte = look.is_one_byte && byte == tail[begin];
    look.has_line_break = look.has_line_break || byte == '\n' || (escaped && byte == 'n');
    if (byte > ' ') ++look.visible;
    if (byte >= 0xE3 && byte <= 0xED) end_word();  // one of a script without spaces
    if (!escaped && is_alnum_or_more(byte)) {
      ++word;
      has_digit = has_digit || is_digit(static_cast<char>(byte));
    } else {
      end_word();
      if (byte > ' ' && kPunctuation.find(static_cast<char>(byte)) == kPunctuation.npos) {
        ++look.symbols;
      }
    }
    escaped = byte == '\\' && !escaped;
  }
  end_word();
  return look;
}

bool is_prose(const Look& look) {
  return look.words >= 4 && look.letters * 100 >= look.visible * 70 &&
         look.symbols * 100 <= look.visible * 8;
}

std::uint64_t stretch(std::uint64_t period, std::uint64_t times, std::uint64_t least_bytes) {
  return std::max(period * times, least_bytes);
}

// How many bytes of the same block are too many.
std::uint64_t too_many(const Look& look, std::uint64_t period, Tolerance tolerance) {
  if (tolerance == Tolerance::File) {
    if (look.is_one_byte) return 8192;
    if (look.visible == 0) return 6000;
    if (look.long_words == 0) return stretch(period, 24, 32000);
    return stretch(period, std::clamp<std::uint64_t>(24000 / period, 5, 40), 6000);
  }
  const bool is_fenced = tolerance == Tolerance::Fenced;
  if (look.visible == 0 && look.has_line_break && period <= 4) return 200;
  if (period <= 4) return look.words > 0 ? 400 : 700;
  if (period >= 1000) return period * 3;
  if (period >= 300) return period * 4;
  if (is_prose(look)) return stretch(period, is_fenced ? 8 : 5, is_fenced ? 400 : 150);
  // Rows of data may be equal: zeros, blanks between bars.
  const bool is_row = look.has_line_break && period >= 20;
  if (look.words == 0) return stretch(period, 9, is_fenced || is_row ? 3000 : 780);
  if (look.longest_word > 40) return stretch(period, 9, is_fenced ? 3000 : 780);
  if (!is_fenced && look.symbols == 0 && look.letters * 100 >= look.visible * 70)
    return stretch(period, 8, 400);
  return stretch(period, 9, is_fenced ? 1500 : 700);
}

}  // namespace

BlockGuard::BlockGuard() : last_seen_(std::size_t{1} << kHashBits) {}

std::optional<Repetition> BlockGuard::read(const Tail& tail, Tolerance tolerance) {
  follow(tail);
  propose(tail);
  for (Candidate& candidate : candidates_) {
    const std::uint64_t period = candidate.period;
    const std::uint64_t length = candidate.equal + period;
    if (period == 0 || length < kLeastStretch || candidate.equal < 2 * period) continue;
    if (candidate.needed == 0 || candidate.tolerance != tolerance) {
      candidate.needed = too_many(look_at(tail, period), period, tolerance);
      candidate.tolerance = tolerance;
    }
    if (length < candidate.needed) continue;
    return Repetition{.kind = RepetitionKind::Block,
                      .begin = tail.size() - length,
                      .end = tail.size(),
                      .unit_bytes = period,
                      .times = length / period};
  }
  return std::nullopt;
}

void BlockGuard::follow(const Tail& tail) {
  const std::uint8_t byte = tail[tail.size() - 1];
  for (Candidate& candidate : candidates_) {
    if (candidate.period == 0) continue;
    if (tail[tail.size() - 1 - candidate.period] == byte) {
      ++candidate.equal;
    } else {
      candidate = {};
    }
  }
}

void BlockGuard::propose(const Tail& tail) {
  constexpr std::uint64_t kOldest = power(kBase, kSeen);
  const std::uint64_t size = tail.size();
  hash_ = hash_ * kBase + tail[size - 1] + 1;
  if (size > kSeen) hash_ -= kOldest * (tail[size - 1 - kSeen] + std::uint64_t{1});
  if (size < kSeen) return;

  // Positions are kept to 32 bits; a wrong one is found out by comparing.
  std::uint32_t& seen = last_seen_[hash_ * kBase >> (64 - kHashBits)];
  const auto now = static_cast<std::uint32_t>(size);
  const std::uint64_t period = now - seen;
  seen = now;
  if (period == 0 || period > kMaxBlockBytes || period + kSeen > size) return;
  for (const Candidate& candidate : candidates_) {
    if (candidate.period == period) return;
  }
  for (std::uint64_t at = size - kSeen; at < size; ++at) {
    if (tail[at] != tail[at - period]) return;
  }
  adopt(period, kSeen);
}

// In place of the one that has been followed least.
void BlockGuard::adopt(std::uint64_t period, std::uint64_t equal) {
  Candidate* const least =
      std::min_element(candidates_.begin(), candidates_.end(),
                       [](const Candidate& a, const Candidate& b) { return a.equal < b.equal; });
  if (least->equal <= equal) *least = {.period = period, .equal = equal};
}

}  // namespace temper::agent
