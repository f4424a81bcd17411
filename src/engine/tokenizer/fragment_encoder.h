// Turns text without special tokens into tokens: one implementation per tokenizer model.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/file.h"
#include "engine/gguf/token_id.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/vocabulary.h"

namespace temper::engine {

class FragmentEncoder {
 public:
  virtual ~FragmentEncoder() = default;

  // Appends the tokens of a fragment of at most 2^30 bytes, which is not empty.
  // `follows_token`: it begins the text, or a special token stands before it.
  // May be called from several threads.
  virtual void encode(std::string_view fragment, bool follows_token,
                      std::vector<TokenId>& tokens) const = 0;
};

// Each keeps views of the vocabulary, which must outlive it where it is.
Result<std::unique_ptr<FragmentEncoder>> make_byte_level_bpe(const GgufFile& file,
                                                             const Vocabulary& vocabulary,
                                                             const PreTokenizer& pre);
Result<std::unique_ptr<FragmentEncoder>> make_gemma_bpe(const GgufFile& file,
                                                        const Vocabulary& vocabulary);
// `adds_space`: before what follows a token. `unknown` stands for bytes that have no
// token; it may be kNoToken.
Result<std::unique_ptr<FragmentEncoder>> make_sentence_piece(const GgufFile& file,
                                                             const Vocabulary& vocabulary,
                                                             bool adds_space, TokenId unknown);

}  // namespace temper::engine
