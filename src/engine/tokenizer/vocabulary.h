// The tokens of a model file as they stand in it: their texts, kinds and scores.
//
// Checked as they are read, so that who uses them need not check again. How text
// becomes tokens is not known here, nor what a text stands for: "Ġthe" is "Ġthe".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/file.h"
#include "engine/gguf/token_id.h"

namespace temper::engine {

inline constexpr TokenId kNoToken = -1;

// The values are those of tokenizer.ggml.token_type.
enum class TokenKind : std::uint8_t {
  Undefined = 0,
  Normal = 1,
  Unknown = 2,
  Control = 3,
  UserDefined = 4,
  Unused = 5,
  Byte = 6,
};

class Vocabulary {
 public:
  // Refuses lists that are missing or not of the same length, and kinds and
  // scores that mean nothing. Two tokens of one text are allowed.
  static Result<Vocabulary> load(const GgufFile& file);

  std::size_t size() const { return kinds_.size(); }
  // The id must be one of this vocabulary, here and below.
  std::string_view text(TokenId id) const {
    const auto at = static_cast<std::size_t>(id);
    return std::string_view(texts_).substr(ends_[at], ends_[at + 1] - ends_[at]);
  }
  TokenKind kind(TokenId id) const { return kinds_[static_cast<std::size_t>(id)]; }
  // Only text that is trusted may become this token: it is a control token or the
  // unknown one, or ends what a model says.
  bool is_guarded(TokenId id) const { return guarded_[static_cast<std::size_t>(id)]; }
  // A guarded token that the file takes for ordinary text is a control token from now on.
  void guard(TokenId id);
  // May text become this token by merging?
  bool is_mergeable(TokenId id) const {
    return !is_guarded(id) && kind(id) != TokenKind::Byte && kind(id) != TokenKind::Undefined &&
           !text(id).empty();
  }
  // Zero for all where the file has no scores.
  float score(TokenId id) const { return scores_[static_cast<std::size_t>(id)]; }

 private:
  Vocabulary() = default;

  std::string texts_;              // all of them, one after the other
  std::vector<std::size_t> ends_;  // [size() + 1], where each begins in texts_
  std::vector<TokenKind> kinds_;
  std::vector<bool> guarded_;
  std::vector<float> scores_;
};

// "<0x0A>", as vocabularies call the token of one byte.
std::string byte_token_text(std::uint8_t byte);
// The byte, where the text is such a name.
std::optional<std::uint8_t> byte_of_token_text(std::string_view text);

}  // namespace temper::engine
