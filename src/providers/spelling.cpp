#include "providers/spelling.h"

#include <algorithm>

namespace temper::providers {

using engine::GrammarBuilder;
using engine::SpecialsShown;
using engine::TokenId;
using engine::Tokenizer;
using engine::TokenKind;

Spelling::Spelling(const engine::Dialect& dialect, const Tokenizer& tokenizer)
    : tokenizer_(tokenizer) {
  const std::vector<std::string> words = marker_texts(dialect.family);
  for (TokenId token = 0; tokenizer.is_valid(token); ++token) {
    const TokenKind kind = tokenizer.kind(token);
    if (kind != TokenKind::Control && kind != TokenKind::UserDefined) continue;
    const std::string_view text = tokenizer.shown(token, SpecialsShown::Yes, false);
    if (std::find(words.begin(), words.end(), text) != words.end()) markers_.emplace(text, token);
  }
}

std::optional<TokenId> Spelling::marker(std::string_view word) const {
  const auto found = markers_.find(word);
  if (found == markers_.end()) return std::nullopt;
  return found->second;
}

bool Spelling::is_marker(TokenId token) const {
  return std::any_of(markers_.begin(), markers_.end(),
                     [&](const auto& marker) { return marker.second == token; });
}

std::vector<std::string> Spelling::marked_words() const {
  std::vector<std::string> words;
  for (const auto& marker : markers_) words.push_back(marker.first);
  return words;
}

std::vector<Spelling::Piece> Spelling::pieces(std::string_view text) const {
  std::vector<Piece> pieces;
  std::string plain;
  while (!text.empty()) {
    const auto found = std::find_if(markers_.begin(), markers_.end(), [&](const auto& marker) {
      return text.starts_with(marker.first);
    });
    if (found == markers_.end()) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (!plain.empty()) pieces.emplace_back(std::move(plain));
    plain.clear();
    pieces.emplace_back(found->second);
    text.remove_prefix(found->first.size());
  }
  if (!plain.empty()) pieces.emplace_back(std::move(plain));
  return pieces;
}

std::vector<TokenId> Spelling::tokens(std::string_view text) const {
  std::vector<TokenId> tokens;
  for (const Piece& piece : pieces(text)) {
    if (const auto* token = std::get_if<TokenId>(&piece)) {
      tokens.push_back(*token);
    } else {
      const std::vector<TokenId> more =
          tokenizer_.encode(std::get<std::string>(piece), engine::Specials::AsText);
      tokens.insert(tokens.end(), more.begin(), more.end());
    }
  }
  return tokens;
}

GrammarBuilder::Part Spelling::part(GrammarBuilder& builder, std::string_view text) const {
  std::vector<GrammarBuilder::Part> parts;
  for (const Piece& piece : pieces(text)) {
    const auto* token = std::get_if<TokenId>(&piece);
    parts.push_back(token != nullptr ? builder.control(*token)
                                     : builder.literal(std::get<std::string>(piece)));
  }
  return builder.sequence(parts);
}

Result<engine::TokenTrie> Spelling::text_tokens() const {
  std::vector<std::string_view> texts(tokenizer_.size());
  for (TokenId token = 0; tokenizer_.is_valid(token); ++token) {
    const bool is_text = !tokenizer_.is_hidden(token) && !is_marker(token) &&
                         tokenizer_.kind(token) != TokenKind::Unused &&
                         !tokenizer_.is_end_of_generation(token);
    if (is_text) texts[static_cast<std::size_t>(token)] = tokenizer_.piece(token);
  }
  return engine::TokenTrie::build(texts);
}

}  // namespace temper::providers
