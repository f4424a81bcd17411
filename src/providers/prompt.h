// From a rendered conversation to the tokens that a model reads, so that what was computed
// before is found again.
//
// A model need not write a text in the tokens that a tokenizer would make of it. So a past is
// compared with a new prompt by its text, and keeps its own tokens as far as the texts are
// the same; only what is new is tokenized.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/template/chat_template.h"
#include "engine/tokenizer/tokenizer.h"

namespace temper::providers {

// Tokens, and the text that they were or became.
class TokenText {
 public:
  // Of a prompt that nothing is known of.
  TokenText(const engine::Tokenizer& tokenizer, const engine::Rendered& rendered);

  const std::vector<engine::TokenId>& tokens() const { return tokens_; }
  const std::string& text() const { return text_; }

  // The model has written a token.
  void add(const engine::Tokenizer& tokenizer, engine::TokenId token);
  void cut(std::size_t tokens);

  // How many tokens from the start are within a text that begins as this one.
  std::size_t tokens_within(std::string_view text) const;
  // The tokens of `rendered`, as many of them from here as may be.
  TokenText continued(const engine::Tokenizer& tokenizer, const engine::Rendered& rendered) const;

 private:
  TokenText() = default;
  void append(const engine::Tokenizer& tokenizer, std::span<const engine::TokenId> tokens);
  // How many tokens from the start are in `rendered` too, control tokens where the
  // template wrote them.
  std::size_t common(const engine::Tokenizer& tokenizer, const engine::Rendered& rendered) const;

  std::vector<engine::TokenId> tokens_;
  std::vector<std::size_t> ends_;  // where each ends in the text
  std::string text_;
};

}  // namespace temper::providers
