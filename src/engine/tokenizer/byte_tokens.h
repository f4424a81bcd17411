// The tokens of single bytes, into which falls what no other token can say.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/tokenizer/vocabulary.h"

namespace temper::engine {

class ByteTokens {
 public:
  // kNoToken for each byte at first.
  ByteTokens() { tokens_.fill(kNoToken); }
  // Those called "<0x00>" to "<0xFF>", of whatever kind.
  static ByteTokens named_in(const Vocabulary& vocabulary);

  TokenId& operator[](std::uint8_t byte) { return tokens_[byte]; }
  TokenId operator[](std::uint8_t byte) const { return tokens_[byte]; }

  // Appends the tokens of these bytes, leaving out those that have none.
  void append(std::string_view bytes, std::vector<TokenId>& tokens) const {
    for (char byte : bytes) {
      const TokenId token = tokens_[static_cast<std::uint8_t>(byte)];
      if (token != kNoToken) tokens.push_back(token);
    }
  }

 private:
  std::array<TokenId, 256> tokens_;
};

}  // namespace temper::engine
