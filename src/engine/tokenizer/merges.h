// The merges of a BPE vocabulary: which two symbols make which third, and in what order.
//
// A symbol is a token, by its id, or a text that merges speak of and that is no token;
// it is numbered behind the tokens. Guarded tokens are no symbols: what text merges
// to never is one, whatever the file says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/file.h"
#include "engine/tokenizer/merge.h"
#include "engine/tokenizer/tables.h"
#include "engine/tokenizer/vocabulary.h"

namespace temper::engine {

using Symbol = std::uint32_t;
inline constexpr Symbol kNoSymbol = kAbsent;

class Merges {
 public:
  // Reads tokenizer.ggml.merges. The vocabulary must outlive this, where it is.
  static Result<Merges> load(const GgufFile& file, const Vocabulary& vocabulary);

  // The symbol with that text, or kNoSymbol.
  Symbol find(std::string_view text) const { return symbols_.find(text); }

  bool is_token(Symbol symbol) const { return symbol < vocabulary_->size(); }
  std::string_view text(Symbol symbol) const {
    return is_token(symbol) ? vocabulary_->text(static_cast<TokenId>(symbol))
                            : std::string_view(others_[symbol - vocabulary_->size()]);
  }

  // The rank of the merge of two symbols, the lower the earlier, or kNeverJoined.
  std::uint32_t rank(Symbol left, Symbol right) const {
    return ranks_.find(std::uint64_t{left} << 32 | right);
  }

  // Merges the symbols of a word: those that are left stand where `list` says, which must
  // have as many as the word had.
  void merge(std::vector<Symbol>& word, MergeList& list) const {
    list.merge(
        word.size(),
        [&](std::uint32_t left, std::uint32_t right) { return rank(word[left], word[right]); },
        [&](std::uint32_t left, std::uint32_t, std::uint32_t found) {
          word[left] = merged_[found];
        });
  }

  // What the merges make, for questions about all of them.
  const std::vector<Symbol>& products() const { return merged_; }

 private:
  Merges(const Vocabulary& vocabulary, std::size_t merge_count);
  Symbol intern(std::string_view text);

  const Vocabulary* vocabulary_;
  TextTable symbols_;
  std::deque<std::string> others_;  // where they are, they stay
  NumberTable ranks_;
  std::vector<Symbol> merged_;  // by rank
};

}  // namespace temper::engine
