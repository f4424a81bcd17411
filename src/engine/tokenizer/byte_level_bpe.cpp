// "gpt2": byte pair encoding over bytes, each written as a character of the byte alphabet.
#include <array>
#include <span>
#include <string>

#include "base/format.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/byte_tokens.h"
#include "engine/tokenizer/fragment_encoder.h"
#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/word_cache.h"

namespace temper::engine {
namespace {

class ByteLevelBpe final : public FragmentEncoder {
 public:
  ByteLevelBpe(Merges merges, const PreTokenizer& pre) : merges_(std::move(merges)), pre_(pre) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const Symbol symbol = merges_.find(byte_alphabet()[byte]);
      byte_symbols_[byte] = symbol;
      if (symbol != kNoSymbol && merges_.is_token(symbol)) {
        byte_tokens_[static_cast<std::uint8_t>(byte)] = static_cast<TokenId>(symbol);
      }
    }
  }

  void encode(std::string_view fragment, bool /*follows_token*/,
              std::vector<TokenId>& tokens) const override {
    Scratch scratch;
    SharedWordCache::Turn cache(cache_);
    while (!fragment.empty()) {
      const std::string_view word = fragment.substr(0, pre_.word_length(fragment));
      cache.append(word, tokens, [&] { encode_word(word, scratch, tokens); });
      fragment.remove_prefix(word.size());
    }
  }

 private:
  struct Scratch {
    std::string text;
    std::vector<Symbol> symbols;
    MergeList list;
  };

  void encode_word(std::string_view word, Scratch& scratch, std::vector<TokenId>& tokens) const {
    if (pre_.whole_words_first) {
      scratch.text.clear();
      for (char byte : word) scratch.text += byte_alphabet()[static_cast<std::uint8_t>(byte)];
      const Symbol whole = merges_.find(scratch.text);
      if (whole != kNoSymbol && merges_.is_token(whole)) {
        tokens.push_back(static_cast<TokenId>(whole));
        return;
      }
    }
    std::vector<Symbol>& symbols = scratch.symbols;
    symbols.clear();
    for (char byte : word) symbols.push_back(byte_symbols_[static_cast<std::uint8_t>(byte)]);
    merges_.merge(symbols, scratch.list);
    for (std::uint32_t i = 0; i != MergeList::kEnd; i = scratch.list.next(i)) {
      append(symbols[i], tokens);
    }
  }

  void append(Symbol symbol, std::vector<TokenId>& tokens) const {
    if (symbol == kNoSymbol) return;
    if (merges_.is_token(symbol)) {
      tokens.push_back(static_cast<TokenId>(symbol));
    } else {
      byte_tokens_.append(decode_byte_alphabet(merges_.text(symbol)), tokens);
    }
  }

  Merges merges_;
  PreTokenizer pre_;
  std::array<Symbol, 256> byte_symbols_{};
  ByteTokens byte_tokens_;
  mutable SharedWordCache cache_;
};

}  // namespace

Result<std::unique_ptr<FragmentEncoder>> make_byte_level_bpe(const GgufFile& file,
                                                             const Vocabulary& vocabulary,
                                                             const PreTokenizer& pre) {
  return std::unique_ptr<FragmentEncoder>(
      std::make_unique<ByteLevelBpe>(TRY(Merges::load(file, vocabulary)), pre));
}

}  // namespace temper::engine
