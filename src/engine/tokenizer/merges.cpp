#include "engine/tokenizer/merges.h"

#include "base/format.h"
#include "base/printable.h"

namespace temper::engine {
namespace {

constexpr std::string_view kMerges = "tokenizer.ggml.merges";

// Three symbols each, behind the tokens.
constexpr std::size_t kMaxMerges = 1 << 28;

static_assert(kNeverJoined == kAbsent, "a pair without a merge has no rank");

}  // namespace

Merges::Merges(const Vocabulary& vocabulary, std::size_t merge_count)
    : vocabulary_(&vocabulary), symbols_(vocabulary.size()), ranks_(merge_count) {
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (vocabulary.is_mergeable(id)) symbols_.insert(vocabulary.text(id), static_cast<Symbol>(i));
  }
  merged_.reserve(merge_count);
}

Symbol Merges::intern(std::string_view text) {
  const Symbol known = symbols_.find(text);
  if (known != kNoSymbol) return known;
  const auto symbol = static_cast<Symbol>(vocabulary_->size() + others_.size());
  others_.emplace_back(text);
  symbols_.insert(others_.back(), symbol);
  return symbol;
}

Result<Merges> Merges::load(const GgufFile& file, const Vocabulary& vocabulary) {
  const auto texts = TRY(file.list_at<std::string_view>(kMerges));
  if (texts.size() > kMaxMerges) {
    return Error{Code::Limit, format("{}: {} has {} items, more than can be numbered", file.name(),
                                     kMerges, texts.size())};
  }
  Merges merges(vocabulary, texts.size());
  std::string both;
  for (std::string_view text : texts) {
    // Behind the first character, which may itself be a space.
    const std::size_t space = text.find(' ', 1);
    if (space == text.npos) {
      return Error{Code::Corrupt,
                   format("{}: {} has \"{}\" where two texts with a space between them should be; "
                          "the file was converted wrongly, get another one",
                          file.name(), kMerges, printable(text, LineBreaks::Escape))};
    }
    const Symbol left = merges.intern(text.substr(0, space));
    const Symbol right = merges.intern(text.substr(space + 1));
    both.assign(text.substr(0, space)).append(text.substr(space + 1));
    const auto rank = static_cast<std::uint32_t>(merges.merged_.size());
    merges.merged_.push_back(merges.intern(both));
    merges.ranks_.insert(std::uint64_t{left} << 32 | right, rank);
  }
  return merges;
}

}  // namespace temper::engine
