#include "engine/tokenizer/vocabulary.h"

#include <cmath>

#include "base/format.h"

namespace temper::engine {
namespace {

constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
constexpr std::string_view kKinds = "tokenizer.ggml.token_type";
constexpr std::string_view kScores = "tokenizer.ggml.scores";

// So that the symbols of merges can be numbered behind the tokens; real ones have less
// than a thousandth of it.
constexpr std::size_t kMaxTokens = 1 << 28;

Error wrong(const GgufFile& file, std::string_view key, std::string_view what) {
  return Error{Code::Corrupt, format("{}: {} {}; the file was converted wrongly, get another one",
                                     file.name(), key, what)};
}

// The list, or nothing where there is none.
template <typename T>
Result<std::vector<T>> list_of_length(const GgufFile& file, std::string_view key,
                                      std::size_t length) {
  if (file.find(key) == nullptr) return std::vector<T>();
  std::vector<T> list = TRY(file.list_at<T>(key));
  if (list.size() != length) {
    return wrong(file, key, format("has {} items for {} tokens", list.size(), length));
  }
  return list;
}

}  // namespace

Result<Vocabulary> Vocabulary::load(const GgufFile& file) {
  const auto texts = TRY(file.list_at<std::string_view>(kTokens));
  if (texts.empty()) return wrong(file, kTokens, "is empty");
  if (texts.size() > kMaxTokens) {
    return wrong(file, kTokens, format("has {} items, more than can be numbered", texts.size()));
  }
  const auto kinds = TRY(list_of_length<std::int64_t>(file, kKinds, texts.size()));
  const auto scores = TRY(list_of_length<double>(file, kScores, texts.size()));

  Vocabulary vocabulary;
  vocabulary.ends_.reserve(texts.size() + 1);
  vocabulary.ends_.push_back(0);
  for (std::string_view text : texts) {
    vocabulary.texts_ += text;
    vocabulary.ends_.push_back(vocabulary.texts_.size());
  }
  vocabulary.kinds_.assign(texts.size(), TokenKind::Normal);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] < 0 || kinds[i] > 6) {
      return wrong(file, kKinds, format("gives token {} the unknown type {}", i, kinds[i]));
    }
    vocabulary.kinds_[i] = static_cast<TokenKind>(kinds[i]);
  }
  vocabulary.guarded_.reserve(texts.size());
  for (TokenKind kind : vocabulary.kinds_) {
    vocabulary.guarded_.push_back(kind == TokenKind::Unknown || kind == TokenKind::Control);
  }
  vocabulary.scores_.assign(texts.size(), 0.0F);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) return wrong(file, kScores, format("has no number for token {}", i));
    vocabulary.scores_[i] = static_cast<float>(scores[i]);
  }
  return vocabulary;
}

void Vocabulary::guard(TokenId id) {
  const auto at = static_cast<std::size_t>(id);
  guarded_[at] = true;
  if (kinds_[at] == TokenKind::Normal || kinds_[at] == TokenKind::Unused) {
    kinds_[at] = TokenKind::Control;
  }
}

std::string byte_token_text(std::uint8_t byte) { return format("<0x{:02X}>", byte); }

std::optional<std::uint8_t> byte_of_token_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') return std::nullopt;
  const std::size_t high = kDigits.find(text[3]);
  const std::size_t low = kDigits.find(text[4]);
  if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
  return static_cast<std::uint8_t>(high * 16 + low);
}

}  // namespace temper::engine
