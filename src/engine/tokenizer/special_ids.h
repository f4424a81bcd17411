// The tokens that mean something to a model beyond text: where it begins, where it ends.
#pragma once

#include <vector>

#include "base/result.h"
#include "engine/gguf/file.h"
#include "engine/gguf/token_id.h"
#include "engine/tokenizer/vocabulary.h"

namespace temper::engine {

// Each kNoToken where the file names none.
struct SpecialIds {
  TokenId bos = kNoToken;  // stands before a text
  TokenId eos = kNoToken;  // stands after one
  TokenId padding = kNoToken;
  TokenId unknown = kNoToken;
};

// Refuses ids outside the vocabulary.
Result<SpecialIds> load_special_ids(const GgufFile& file, const Vocabulary& vocabulary);

// The tokens with which a model ends its turn, sorted: `eos`, others that the file names,
// and those that are known by their text. They are guarded from here on.
Result<std::vector<TokenId>> load_end_of_generation(const GgufFile& file, TokenId eos,
                                                    Vocabulary& vocabulary);

// tokenizer.ggml.suppress_tokens: those that are never to be sampled; none where there
// is no list. Refuses ids outside the vocabulary.
Result<std::vector<TokenId>> load_suppressed(const GgufFile& file, const Vocabulary& vocabulary);

}  // namespace temper::engine
