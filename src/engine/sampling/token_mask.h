// Which tokens may come next, as a grammar says it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/gguf/token_id.h"

namespace temper::engine {

// A view of one bit for each token of the vocabulary: bit `id % 64` of word `id / 64` is
// set where the token is allowed. Bits after the last token do not matter. A mask
// without words allows everything. The words must outlive the call that gets it.
struct TokenMask {
  std::span<const std::uint64_t> words;

  static constexpr std::size_t words_for(std::size_t vocabulary_size) {
    return (vocabulary_size + 63) / 64;
  }

  bool allows(TokenId token) const {
    const auto id = static_cast<std::size_t>(token);
    return words.empty() || (words[id / 64] >> (id % 64) & 1) != 0;
  }
};

}  // namespace temper::engine
