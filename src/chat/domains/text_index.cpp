#include "chat/domains/text_index.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/format.h"
#include "base/utf8.h"
#include "base/utf8_steps.h"
#include "chat/domains/suffix_array.h"

namespace temper::chat {
namespace {

constexpr std::uint32_t kBlock = 128;
constexpr std::uint32_t kLargeBlock = 65536;  // its last block begins below 2^16
static_assert(kLargeBlock % kBlock == 0);

// How many of the `count` bytes from `bytes` on, at most 255, are `wanted`. Eight at a
// time; what is behind them up to the next eight is readable.
std::uint32_t count_equal(const std::uint8_t* bytes, std::uint32_t count, std::uint8_t wanted) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kLow = 0x7F * kOnes;
  std::uint64_t sums = 0;
  for (std::uint32_t at = 0; at < count; at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + at, sizeof eight);
    eight ^= wanted * kOnes;
    std::uint64_t equal = ~(((eight & kLow) + kLow) | eight | kLow) >> 7;  // one bit per byte
    const std::uint32_t left = count - at;
    if (left < 8) equal &= (std::uint64_t{1} << 8 * left) - 1;
    sums += equal;
  }
  return static_cast<std::uint32_t>(sums * kOnes >> 56);
}

}  // namespace

Result<TextIndex> TextIndex::build(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Error{Code::Limit,
                 format("a text of {} bytes is too large to be indexed; at most {} are",
                        format_grouped(text.size()), format_grouped(kMaxBytes))};
  }
  if (!is_valid_utf8(text)) {
    return Error{Code::Invalid, "the text is not valid UTF-8, so no piece of it can be named"};
  }
  TextIndex index;
  for (const char byte : text) index.symbol_of_[static_cast<std::uint8_t>(byte)] = 1;
  index.byte_of_.push_back(0);
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    if (index.symbol_of_[byte] == 0) continue;
    index.symbol_of_[byte] = static_cast<std::uint8_t>(index.byte_of_.size());
    index.byte_of_.push_back(static_cast<std::uint8_t>(byte));
  }

  index.rows_ = static_cast<std::uint32_t>(text.size() + 1);
  std::vector<std::uint8_t> backwards(index.rows_);
  std::transform(text.rbegin(), text.rend(), backwards.begin(),
                 [&](char byte) { return index.symbol_of_[static_cast<std::uint8_t>(byte)]; });
  const std::vector<std::int32_t> order = sort_suffixes(backwards);
  index.last_.resize((index.rows_ + kBlock - 1) / kBlock * kBlock);
  std::transform(order.begin(), order.end(), index.last_.begin(), [&](std::int32_t suffix) {
    return suffix == 0 ? std::uint8_t{0} : backwards[static_cast<std::size_t>(suffix) - 1];
  });
  index.count_symbols();
  return index;
}

void TextIndex::count_symbols() {
  const std::size_t symbols = byte_of_.size();
  std::vector<std::uint32_t> so_far(symbols);
  for (std::uint32_t row = 0; row < last_.size(); ++row) {
    if (row % kLargeBlock == 0) {
      before_large_.insert(before_large_.end(), so_far.begin(), so_far.end());
    }
    if (row % kBlock == 0) {
      const std::uint32_t* large = before_large_.data() + (before_large_.size() - symbols);
      for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
        before_block_.push_back(static_cast<std::uint16_t>(so_far[symbol] - large[symbol]));
      }
    }
    if (row < rows_) ++so_far[last_[row]];
  }
  std::uint32_t sum = 0;
  for (const std::uint32_t count : so_far) {
    smaller_.push_back(sum);
    sum += count;
  }
}

std::uint32_t TextIndex::rank(std::uint8_t symbol, std::uint32_t row) const {
  if (row == rows_)
    return (symbol + 1U < smaller_.size() ? smaller_[symbol + 1U] : rows_) - smaller_[symbol];
  const std::size_t symbols = byte_of_.size();
  return before_large_[row / kLargeBlock * symbols + symbol] +
         before_block_[row / kBlock * symbols + symbol] +
         count_equal(last_.data() + row / kBlock * kBlock, row % kBlock, symbol);
}

TextIndex::Range TextIndex::step(Range from, std::uint8_t byte) const {
  const std::uint8_t symbol = symbol_of_[byte];
  if (symbol == 0) return {};
  // Few places, and most often none of them goes on like this: no rank is needed for that.
  if (from.count() <= kBlock / 4 && from.begin / kBlock == (from.end - 1) / kBlock) {
    const auto* const rows = last_.data() + from.begin;
    const auto count = static_cast<std::uint32_t>(std::count(rows, rows + from.count(), symbol));
    if (count == 0) return {};
    const std::uint32_t begin = smaller_[symbol] + rank(symbol, from.begin);
    return {begin, begin + count};
  }
  const std::uint32_t begin = smaller_[symbol] + rank(symbol, from.begin);
  return {begin, smaller_[symbol] + rank(symbol, from.end)};
}

bool TextIndex::ends_character(Range range) const {
  return !is_utf8_continuation(byte_of_[last_[range.begin]]);
}

std::size_t TextIndex::memory_bytes() const {
  return last_.capacity() + byte_of_.capacity() + smaller_.capacity() * sizeof(std::uint32_t) +
         before_large_.capacity() * sizeof(std::uint32_t) +
         before_block_.capacity() * sizeof(std::uint16_t) + sizeof *this;
}

}  // namespace temper::chat
