#include "engine/sampling/logits.h"

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/verify.h"

// By words of the mask, of 64 tokens each: a length that compilers know, so that they
// take several at once.

namespace temper::engine {
namespace {

constexpr std::size_t kWord = 64;

// Comparisons with NaN are false.
float usable(float logit) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const float bounded = logit > kMost ? kMost : logit;
  return bounded > kImpossible ? bounded : kImpossible;
}

void copy_word(const float* __restrict logits, float* __restrict out) {
  for (std::size_t i = 0; i < kWord; ++i) out[i] = usable(logits[i]);
}

// Without a branch, which would be guessed wrong in every other case.
void forbid(float* logits, std::uint64_t allowed, std::size_t count) {
  constexpr auto kForbidden = std::bit_cast<std::uint32_t>(kImpossible);
  for (std::size_t i = 0; i < count; ++i) {
    const auto keep = 0 - static_cast<std::uint32_t>(allowed >> i & 1);
    const auto bits = std::bit_cast<std::uint32_t>(logits[i]);
    logits[i] = std::bit_cast<float>((bits & keep) | (kForbidden & ~keep));
  }
}

}  // namespace

void copy_allowed(std::span<const float> logits, TokenMask mask, std::vector<float>& out) {
  const std::size_t count = logits.size();
  VERIFY(mask.words.empty() || mask.words.size() >= TokenMask::words_for(count),
         "a mask has a bit for each token");
  out.resize(count);
  for (std::size_t start = 0; start < count; start += kWord) {
    const std::size_t size = std::min(kWord, count - start);
    const std::uint64_t allowed =
        mask.words.empty() ? ~std::uint64_t{0} : mask.words[start / kWord];
    if (allowed == 0) {
      std::fill_n(out.data() + start, size, kImpossible);
      continue;
    }
    if (size == kWord) {
      copy_word(logits.data() + start, out.data() + start);
    } else {
      for (std::size_t i = start; i < count; ++i) out[i] = usable(logits[i]);
    }
    if (allowed != ~std::uint64_t{0}) forbid(out.data() + start, allowed, size);
  }
}

}  // namespace temper::engine
