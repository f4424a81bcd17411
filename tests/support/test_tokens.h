// Small vocabularies for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/verify.h"
#include "engine/grammar/token_trie.h"

namespace temper::engine {

// Tokens by their texts; an empty one is a control token.
struct TestTokens {
  explicit TestTokens(std::vector<std::string> texts) : pieces(std::move(texts)) {
    const std::vector<std::string_view> views(pieces.begin(), pieces.end());
    Result<TokenTrie> built = TokenTrie::build(views);
    VERIFY(built.ok(), "small vocabularies are built");
    trie = std::make_shared<TokenTrie>(*std::move(built));
  }

  // All single bytes, by their value, then the others.
  static TestTokens bytes_and(const std::vector<std::string>& others) {
    std::vector<std::string> texts;
    for (int byte = 0; byte < 256; ++byte) texts.emplace_back(1, static_cast<char>(byte));
    texts.insert(texts.end(), others.begin(), others.end());
    return TestTokens(std::move(texts));
  }

  std::vector<std::string> pieces;
  std::shared_ptr<const TokenTrie> trie;
};

}  // namespace temper::engine
