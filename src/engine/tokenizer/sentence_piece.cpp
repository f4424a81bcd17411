// "llama": SentencePiece's byte pair encoding. Any two neighbours whose text together is a
// token may be joined, the token with the highest score first.
#include <algorithm>
#include <bit>
#include <string>

#include "base/format.h"
#include "base/utf8.h"
#include "engine/tokenizer/byte_tokens.h"
#include "engine/tokenizer/fragment_encoder.h"
#include "engine/tokenizer/merge.h"
#include "engine/tokenizer/tables.h"
#include "engine/tokenizer/word_cache.h"
#include "engine/tokenizer/words.h"

namespace temper::engine {
namespace {

// The lower, the higher the score; equal for equal scores.
std::uint32_t priority_of(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 is 0
  const std::uint32_t ascending = (bits >> 31) != 0 ? ~bits : bits | 0x80000000;
  return ~ascending;
}

class SentencePiece final : public FragmentEncoder {
 public:
  SentencePiece(const Vocabulary& vocabulary, bool adds_space, const ByteTokens& byte_tokens)
      : adds_space_(adds_space), byte_tokens_(byte_tokens), tokens_(vocabulary.size()) {
    priorities_.reserve(vocabulary.size());
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      priorities_.push_back(priority_of(vocabulary.score(id)));
      if (!vocabulary.is_mergeable(id)) continue;
      const std::string_view text = vocabulary.text(id);
      tokens_.insert(text, static_cast<std::uint32_t>(i));
      borders_.add_product(text);
      longest_ = std::max(longest_, text.size());
    }
  }

  void encode(std::string_view fragment, bool follows_token,
              std::vector<TokenId>& tokens) const override {
    std::string marked(adds_space_ && follows_token ? kSpaceMark : "");
    marked += mark_spaces(fragment);
    Scratch scratch;
    SharedWordCache::Turn cache(cache_);
    for (std::string_view rest = marked; !rest.empty();) {
      const std::string_view word = rest.substr(0, borders_.word_length(rest));
      cache.append(word, tokens, [&] { encode_word(word, scratch, tokens); });
      rest.remove_prefix(word.size());
    }
  }

 private:
  struct Piece {
    std::uint32_t begin;
    std::uint32_t size;
  };
  struct Scratch {
    std::vector<Piece> pieces;
    MergeList list;
  };

  void encode_word(std::string_view word, Scratch& scratch, std::vector<TokenId>& tokens) const {
    std::vector<Piece>& pieces = scratch.pieces;
    pieces.clear();
    for (std::size_t at = 0; at < word.size();) {
      const std::size_t bytes = first_code_point(word.substr(at)).bytes;
      pieces.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(bytes)});
      at += bytes;
    }
    const auto priority = [&](std::uint32_t left, std::uint32_t right) {
      const std::size_t size = std::size_t{pieces[left].size} + pieces[right].size;
      if (size > longest_) return kNeverJoined;
      const std::uint32_t token = tokens_.find(word.substr(pieces[left].begin, size));
      return token == kAbsent ? kNeverJoined : priorities_[token];
    };
    scratch.list.merge(pieces.size(), priority,
                       [&](std::uint32_t left, std::uint32_t right, std::uint32_t) {
                         pieces[left].size += pieces[right].size;
                       });
    for (std::uint32_t i = 0; i != MergeList::kEnd; i = scratch.list.next(i)) {
      const std::string_view text = word.substr(pieces[i].begin, pieces[i].size);
      const std::uint32_t token = tokens_.find(text);
      if (token != kAbsent) {
        tokens.push_back(static_cast<TokenId>(token));
      } else {
        byte_tokens_.append(text, tokens);
      }
    }
  }

  bool adds_space_;
  ByteTokens byte_tokens_;
  TextTable tokens_;
  std::vector<std::uint32_t> priorities_;  // by token
  std::size_t longest_ = 0;                // bytes of a token
  WordBorders borders_;
  mutable SharedWordCache cache_;
};

}  // namespace

Result<std::unique_ptr<FragmentEncoder>> make_sentence_piece(const GgufFile& file,
                                                             const Vocabulary& vocabulary,
                                                             bool adds_space, TokenId unknown) {
  if (file.find("tokenizer.ggml.scores") == nullptr) {
    return Error{Code::Corrupt,
                 format("{}: tokenizer.ggml.scores is missing, by which a tokenizer of the model "
                        "\"llama\" merges; the file was converted wrongly, get another one",
                        file.name())};
  }
  // Where there is no token for a byte, what is in the text must still leave a trace.
  ByteTokens byte_tokens = ByteTokens::named_in(vocabulary);
  for (int byte = 0; byte < 256; ++byte) {
    TokenId& token = byte_tokens[static_cast<std::uint8_t>(byte)];
    if (token == kNoToken) token = unknown;
  }
  return std::unique_ptr<FragmentEncoder>(
      std::make_unique<SentencePiece>(vocabulary, adds_space, byte_tokens));
}

}  // namespace temper::engine
