#include "engine/tokenizer/pre_tokenizer.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::engine {
namespace {

// The first names are those that files usually carry. The others cut in the same
// way and differ in nothing else, as llama.cpp's src/llama-vocab.cpp has them.
constexpr std::array kPreTokenizers = {
    PreTokenizer{"qwen2", word_length_qwen2},
    PreTokenizer{"qwen35", word_length_qwen35},
    PreTokenizer{"llama-bpe", word_length_llama_bpe, true, true},
    PreTokenizer{"tekken", word_length_tekken, true, true},
    PreTokenizer{"gpt-4o", word_length_gpt_4o},
    PreTokenizer{"gpt-2", word_length_gpt_2},
    PreTokenizer{"default", word_length_default},

    PreTokenizer{"deepseek-r1-qwen", word_length_qwen2},
    PreTokenizer{"megrez", word_length_qwen2},
    PreTokenizer{"hunyuan", word_length_qwen2},
    PreTokenizer{"stablelm2", word_length_qwen2},
    PreTokenizer{"grok-2", word_length_qwen2},
    PreTokenizer{"solar-open", word_length_qwen2},
    PreTokenizer{"llama3", word_length_llama_bpe, true, true},
    PreTokenizer{"llama-v3", word_length_llama_bpe, true, true},
    PreTokenizer{"falcon3", word_length_llama_bpe, true, true},
    PreTokenizer{"falcon-h1", word_length_llama_bpe, true, true},
    PreTokenizer{"pixtral", word_length_llama_bpe, true, true},
    PreTokenizer{"lfm2", word_length_llama_bpe, true, true},
    PreTokenizer{"glm4", word_length_llama_bpe},
    PreTokenizer{"chatglm-bpe", word_length_llama_bpe},
    PreTokenizer{"dbrx", word_length_llama_bpe},
    PreTokenizer{"smaug-bpe", word_length_llama_bpe},
    PreTokenizer{"llama4", word_length_gpt_4o},
    PreTokenizer{"minimax-m2", word_length_gpt_4o},
    PreTokenizer{"phi-2", word_length_gpt_2},
    PreTokenizer{"mpt", word_length_gpt_2},
    PreTokenizer{"olmo", word_length_gpt_2},
    PreTokenizer{"exaone4", word_length_gpt_2},
    PreTokenizer{"mellum", word_length_gpt_2},
};

}  // namespace

Result<PreTokenizer> find_pre_tokenizer(std::string_view name) {
  const auto* found = std::find_if(kPreTokenizers.begin(), kPreTokenizers.end(),
                                   [&](const PreTokenizer& known) { return known.name == name; });
  if (found != kPreTokenizers.end()) return *found;
  std::vector<std::string_view> names;
  names.reserve(kPreTokenizers.size());
  for (const PreTokenizer& known : kPreTokenizers) names.push_back(known.name);
  return Error{Code::Unsupported,
               format("its text is split in a way called \"{}\" (tokenizer.ggml.pre), which is not "
                      "among those known here: {}",
                      printable(name, LineBreaks::Escape), join(names, ", "))};
}

}  // namespace temper::engine
