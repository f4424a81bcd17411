// Texts of a grammar, written by nobody in particular: one allowed token after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/verify.h"
#include "engine/grammar/matcher.h"

namespace temper::testing {

inline std::vector<engine::TokenId> allowed_tokens(const engine::Matcher& matcher,
                                                   std::vector<std::uint64_t>& words) {
  matcher.allowed(words);
  std::vector<engine::TokenId> tokens;
  for (std::size_t id = 0; id < words.size() * 64; ++id) {
    if ((words[id / 64] >> id % 64 & 1) != 0) tokens.push_back(static_cast<engine::TokenId>(id));
  }
  return tokens;
}

// Takes tokens by chance and, after `steps` of them, what looks like the way to the end.
// The text, or nothing if it was not complete after very many steps. The first 256 tokens
// must be the single bytes.
inline std::optional<std::string> random_text(engine::Matcher matcher,
                                              const engine::TokenTrie& trie, Random& random,
                                              std::size_t steps) {
  std::string text;
  std::vector<std::uint64_t> words;
  for (std::size_t step = 0; step < steps + 2000; ++step) {
    if (matcher.is_complete() && (step >= steps || matcher.is_over())) return text;
    const std::vector<engine::TokenId> tokens = allowed_tokens(matcher, words);
    VERIFY(!tokens.empty(), "there is always a way on");
    engine::TokenId token = tokens[random.below(tokens.size())];
    if (random.below(8) < (step >= steps ? 6 : 1)) {
      for (const char closer : std::string_view("\"}],0")) {
        const auto id = static_cast<engine::TokenId>(closer);
        if ((words[static_cast<std::size_t>(id) / 64] >> id % 64 & 1) == 0) continue;
        token = id;
        break;
      }
    }
    VERIFY(matcher.accept(token), "what is allowed is accepted");
    text += trie.piece(token);
  }
  return std::nullopt;
}

}  // namespace temper::testing
