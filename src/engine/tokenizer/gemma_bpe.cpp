// "gemma4": byte pair encoding over characters, with spaces written as "▁" and lines merged
// whole. What has no token falls into bytes.
#include <array>
#include <string>

#include "base/utf8.h"
#include "engine/tokenizer/byte_tokens.h"
#include "engine/tokenizer/fragment_encoder.h"
#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/word_cache.h"
#include "engine/tokenizer/words.h"

namespace temper::engine {
namespace {

class GemmaBpe final : public FragmentEncoder {
 public:
  GemmaBpe(Merges merges, const Vocabulary& vocabulary)
      : merges_(std::move(merges)), byte_tokens_(ByteTokens::named_in(vocabulary)) {
    for (Symbol product : merges_.products()) borders_.add_product(merges_.text(product));
    for (std::size_t c = 0; c < ascii_symbols_.size(); ++c) {
      const auto character = static_cast<char>(c);
      ascii_symbols_[c] = merges_.find(std::string_view(&character, 1));
    }
  }

  void encode(std::string_view fragment, bool /*follows_token*/,
              std::vector<TokenId>& tokens) const override {
    const std::string marked = mark_spaces(fragment);
    Scratch scratch;
    SharedWordCache::Turn cache(cache_);
    for (std::string_view rest = marked; !rest.empty();) {
      std::string_view line = rest.substr(0, word_length_lines(rest));
      rest.remove_prefix(line.size());
      if (line.front() == '\n' && append_whole(line, tokens)) continue;
      while (!line.empty()) {
        const std::string_view word = line.substr(0, borders_.word_length(line));
        cache.append(word, tokens, [&] { encode_word(word, scratch, tokens); });
        line.remove_prefix(word.size());
      }
    }
  }

 private:
  struct Scratch {
    std::vector<Symbol> symbols;
    std::vector<std::uint32_t> begins;  // where in the word each is
    MergeList list;
  };

  bool append_whole(std::string_view text, std::vector<TokenId>& tokens) const {
    const Symbol symbol = merges_.find(text);
    if (symbol == kNoSymbol || !merges_.is_token(symbol)) return false;
    tokens.push_back(static_cast<TokenId>(symbol));
    return true;
  }

  void encode_word(std::string_view word, Scratch& scratch, std::vector<TokenId>& tokens) const {
    scratch.symbols.clear();
    scratch.begins.clear();
    for (std::size_t at = 0; at < word.size();) {
      const auto byte = static_cast<unsigned char>(word[at]);
      const std::size_t bytes = byte < 0x80 ? 1 : first_code_point(word.substr(at)).bytes;
      scratch.symbols.push_back(byte < 0x80 ? ascii_symbols_[byte]
                                            : merges_.find(word.substr(at, bytes)));
      scratch.begins.push_back(static_cast<std::uint32_t>(at));
      at += bytes;
    }
    merges_.merge(scratch.symbols, scratch.list);
    for (std::uint32_t i = 0; i != MergeList::kEnd;) {
      const std::uint32_t next = scratch.list.next(i);
      const std::size_t end = next == MergeList::kEnd ? word.size() : scratch.begins[next];
      const Symbol symbol = scratch.symbols[i];
      if (symbol != kNoSymbol && merges_.is_token(symbol)) {
        tokens.push_back(static_cast<TokenId>(symbol));
      } else {
        byte_tokens_.append(word.substr(scratch.begins[i], end - scratch.begins[i]), tokens);
      }
      i = next;
    }
  }

  Merges merges_;
  WordBorders borders_;
  ByteTokens byte_tokens_;
  std::array<Symbol, 128> ascii_symbols_{};
  mutable SharedWordCache cache_;
};

}  // namespace

Result<std::unique_ptr<FragmentEncoder>> make_gemma_bpe(const GgufFile& file,
                                                        const Vocabulary& vocabulary) {
  return std::unique_ptr<FragmentEncoder>(
      std::make_unique<GemmaBpe>(TRY(Merges::load(file, vocabulary)), vocabulary));
}

}  // namespace temper::engine
