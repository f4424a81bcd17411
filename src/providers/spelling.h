// A dialect's words in the tokens of one model.
//
// The words that a dialect marks calls and thinking with are tokens of their own in most
// vocabularies, and plain text in others.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/dialect/dialect.h"
#include "engine/grammar/builder.h"
#include "engine/grammar/token_trie.h"
#include "engine/tokenizer/tokenizer.h"

namespace temper::providers {

class Spelling {
 public:
  // The tokenizer must outlive it.
  Spelling(const engine::Dialect& dialect, const engine::Tokenizer& tokenizer);

  // The token that a word of the dialect is, and the word that a token is; of others none.
  std::optional<engine::TokenId> marker(std::string_view word) const;
  bool is_marker(engine::TokenId token) const;
  // Those that are tokens, as the reader wants to know.
  std::vector<std::string> marked_words() const;

  // Text, with the words in it that are tokens.
  using Piece = std::variant<std::string, engine::TokenId>;
  std::vector<Piece> pieces(std::string_view text) const;
  std::vector<engine::TokenId> tokens(std::string_view text) const;
  engine::GrammarBuilder::Part part(engine::GrammarBuilder& builder, std::string_view text) const;

  // All tokens that are text and nothing else.
  Result<engine::TokenTrie> text_tokens() const;

 private:
  const engine::Tokenizer& tokenizer_;
  std::map<std::string, engine::TokenId, std::less<>> markers_;
};

}  // namespace temper::providers
