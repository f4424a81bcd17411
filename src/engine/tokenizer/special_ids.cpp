#include "engine/tokenizer/special_ids.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/format.h"

namespace temper::engine {
namespace {

constexpr std::string_view kPrefix = "tokenizer.ggml.";

// Texts that end a turn in the families that we run (llama.cpp's src/llama-vocab.cpp).
constexpr std::array<std::string_view, 14> kEndTexts = {
    "<|eot_id|>",    "<|im_end|>",      "<|end|>", "<|return|>",      "<|call|>",
    "<end_of_turn>", "<|endoftext|>",   "</s>",    "<eos>",           "<|eom_id|>",
    "<EOT>",         "<|end_of_text|>", "<turn|>", "<|tool_response>"};

// Beyond what is to be filled in, a model has nothing to say. The first token with one of
// the texts is meant, unless the file names one by the key.
struct FillInToken {
  std::string_view key;
  std::array<std::string_view, 5> texts;
};
constexpr std::array<FillInToken, 3> kFillInTokens = {{
    {"fim_pad_token_id", {"<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"}},
    {"fim_rep_token_id", {"<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"}},
    {"fim_sep_token_id", {"<|file_sep|>"}},
}};

Error outside(const GgufFile& file, std::string_view key, std::string_view id,
              const Vocabulary& vocabulary) {
  return Error{Code::Corrupt,
               format("{}: {}{} is {}, but the vocabulary has {} tokens; the file was converted "
                      "wrongly, get another one",
                      file.name(), kPrefix, key, id, vocabulary.size())};
}

// Some converters write "none" as the largest number.
constexpr std::int64_t kNone = 0xFFFFFFFF;

Result<TokenId> id_at(const GgufFile& file, const Vocabulary& vocabulary, std::string_view key) {
  const auto given = TRY(file.find_as<std::int64_t>(std::string(kPrefix).append(key)));
  const std::int64_t id = given.value_or(kNone);
  if (id == -1 || id == kNone) return kNoToken;
  if (id < 0 || static_cast<std::uint64_t>(id) >= vocabulary.size()) {
    return outside(file, key, format("{}", id), vocabulary);
  }
  return static_cast<TokenId>(id);
}

template <typename Texts>
bool is_one_of(std::string_view text, const Texts& texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool looks_special(std::string_view text) {
  return text.size() >= 5 && (text.front() == '<' || text.front() == '[');
}

// By place in the vocabulary, for one walk over it.
struct Candidates {
  std::vector<TokenId> ends;
  std::array<TokenId, kFillInTokens.size()> fill_in = {kNoToken, kNoToken, kNoToken};
};

Candidates find_candidates(const Vocabulary& vocabulary) {
  Candidates found;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    const std::string_view text = vocabulary.text(id);
    if (text == "</s>" || (looks_special(text) && is_one_of(text, kEndTexts))) {
      found.ends.push_back(id);
    }
    for (std::size_t j = 0; looks_special(text) && j < kFillInTokens.size(); ++j) {
      if (found.fill_in[j] == kNoToken && is_one_of(text, kFillInTokens[j].texts)) {
        found.fill_in[j] = id;
      }
    }
  }
  return found;
}

// What means something else in some families is taken out again.
void drop_exceptions(std::string_view model, const Vocabulary& vocabulary,
                     std::vector<TokenId>& ends) {
  const auto has = [&](std::string_view text) {
    return std::any_of(ends.begin(), ends.end(),
                       [&](TokenId id) { return vocabulary.text(id) == text; });
  };
  // gpt-oss ends each of its messages with <|end|>, and its turn with one of the others.
  const bool harmony = has("<|return|>") && has("<|call|>");
  std::erase_if(ends, [&](TokenId id) {
    const std::string_view text = vocabulary.text(id);
    return (harmony && text == "<|end|>") || (model == "gemma4" && text == "</s>");
  });
}

}  // namespace

Result<SpecialIds> load_special_ids(const GgufFile& file, const Vocabulary& vocabulary) {
  SpecialIds ids;
  ids.bos = TRY(id_at(file, vocabulary, "bos_token_id"));
  ids.eos = TRY(id_at(file, vocabulary, "eos_token_id"));
  ids.padding = TRY(id_at(file, vocabulary, "padding_token_id"));
  ids.unknown = TRY(id_at(file, vocabulary, "unknown_token_id"));
  return ids;
}

Result<std::vector<TokenId>> load_end_of_generation(const GgufFile& file, TokenId eos,
                                                    Vocabulary& vocabulary) {
  Candidates found = find_candidates(vocabulary);
  std::vector<TokenId> ends = std::move(found.ends);
  drop_exceptions(TRY(file.at<std::string_view>("tokenizer.ggml.model")), vocabulary, ends);
  for (std::size_t i = 0; i < kFillInTokens.size(); ++i) {
    const TokenId named = TRY(id_at(file, vocabulary, kFillInTokens[i].key));
    ends.push_back(named != kNoToken ? named : found.fill_in[i]);
  }
  ends.push_back(eos);
  ends.push_back(TRY(id_at(file, vocabulary, "eot_token_id")));
  ends.push_back(TRY(id_at(file, vocabulary, "eom_token_id")));
  std::erase(ends, kNoToken);
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  for (TokenId id : ends) vocabulary.guard(id);
  return ends;
}

Result<std::vector<TokenId>> load_suppressed(const GgufFile& file, const Vocabulary& vocabulary) {
  constexpr std::string_view kKey = "suppress_tokens";
  const std::string full = std::string(kPrefix).append(kKey);
  std::vector<TokenId> ids;
  if (file.find(full) == nullptr) return ids;
  for (std::int64_t id : TRY(file.list_at<std::int64_t>(full))) {
    if (id < 0 || static_cast<std::uint64_t>(id) >= vocabulary.size()) {
      return outside(file, kKey, format("a list with {}", id), vocabulary);
    }
    ids.push_back(static_cast<TokenId>(id));
  }
  return ids;
}

}  // namespace temper::engine
