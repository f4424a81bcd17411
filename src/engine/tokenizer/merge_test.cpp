// What is merged fast is what the rules say, merged slowly: the best pair of the whole text,
// and the leftmost of equals, again and again.
#include "engine/tokenizer/merge.h"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <span>

#include "base/random.h"
#include "base/utf8.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/words.h"
#include "support/small_vocabularies.h"

namespace temper::engine {
namespace {

std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  while (!text.empty()) {
    const std::size_t bytes = first_code_point(text).bytes;
    characters.emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return characters;
}

// `rank(left, right)`: the lower, the earlier; nothing for pairs that are not merged.
template <typename Rank>
std::vector<std::string> merge_slowly(std::vector<std::string> parts, const Rank& rank) {
  while (true) {
    std::optional<double> best;
    std::size_t place = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const std::optional<double> found = rank(parts[i], parts[i + 1]);
      if (found && (!best || *found < *best)) {
        best = found;
        place = i;
      }
    }
    if (!best) return parts;
    parts[place] += parts[place + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

// A small vocabulary: the file, the tokenizer, and the lists that slow merging needs.
class Model {
 public:
  explicit Model(std::string bytes) : bytes_(std::move(bytes)) {
    const auto file = GgufFile::parse(std::as_bytes(std::span(bytes_)), "small");
    REQUIRE(file.ok());
    Result<std::unique_ptr<Tokenizer>> loaded = Tokenizer::load(*file);
    REQUIRE_MESSAGE(loaded.ok(), loaded.error().message);
    tokenizer = *std::move(loaded);
    const auto texts = *file->list_at<std::string_view>("tokenizer.ggml.tokens");
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      const TokenKind kind = tokenizer->kind(id);
      if (kind == TokenKind::Normal) ids.emplace(texts[i], id);
      if (kind == TokenKind::Byte) byte_ids.push_back(id);
    }
    if (const auto list = file->list_at<double>("tokenizer.ggml.scores")) scores = *list;
    if (const auto list = file->list_at<std::string_view>("tokenizer.ggml.merges")) {
      for (std::size_t i = 0; i < list->size(); ++i) ranks.emplace((*list)[i], i);
    }
  }

  // The tokens of merged parts; what is no token falls into bytes.
  std::vector<TokenId> tokens_of(const std::vector<std::string>& parts) const {
    std::vector<TokenId> tokens;
    for (const std::string& part : parts) {
      const auto found = ids.find(part);
      if (found != ids.end()) {
        tokens.push_back(found->second);
        continue;
      }
      for (const char byte : part) tokens.push_back(byte_ids[static_cast<std::uint8_t>(byte)]);
    }
    return tokens;
  }

  std::unique_ptr<Tokenizer> tokenizer;
  std::map<std::string, TokenId, std::less<>> ids;
  std::vector<TokenId> byte_ids;
  std::vector<double> scores;
  std::map<std::string, std::size_t, std::less<>> ranks;

 private:
  std::string bytes_;
};

// Words of the vocabulary and pieces of them, with spaces and others in between. No
// user-defined token is among them.
std::string random_text(Random& random) {
  std::string text;
  for (std::uint64_t i = random.below(12); i > 0; --i) {
    switch (random.below(5)) {
      case 0: text += " "; break;
      case 1: text += "aaaathinginghereturn"; break;
      case 2: text += "> </th\u2581x\xffy"; break;
      default: {
        std::string word(kSmallWords[random.below(std::size(kSmallWords))]);
        if (word == "@") continue;
        for (char& byte : word) byte = byte == '_' ? ' ' : byte;
        text += word.substr(0, 1 + random.below(word.size()));
      }
    }
  }
  return text;
}

TEST_CASE("merging: SentencePiece is what its rule says") {
  const Model model(small_sentence_piece());
  const auto rank = [&](const std::string& left, const std::string& right) {
    const auto found = model.ids.find(left + right);
    if (found == model.ids.end()) return std::optional<double>();
    return std::optional<double>(-model.scores[static_cast<std::size_t>(found->second)]);
  };
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_text(random);
    const std::string marked = text.empty() ? "" : mark_spaces(" " + text);
    CHECK_MESSAGE(model.tokenizer->encode(text, Specials::AsText) ==
                      model.tokens_of(merge_slowly(characters_of(marked), rank)),
                  text);
  }
}

TEST_CASE("merging: gemma4 is what its rule says") {
  const Model model(small_gemma());
  const auto rank = [&](const std::string& left, const std::string& right) {
    const auto found = model.ranks.find(left + " " + right);
    if (found == model.ranks.end()) return std::optional<double>();
    return std::optional<double>(static_cast<double>(found->second));
  };
  Random random(4);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_text(random);
    CHECK_MESSAGE(model.tokenizer->encode(text, Specials::AsText) ==
                      model.tokens_of(merge_slowly(characters_of(mark_spaces(text)), rank)),
                  text);
  }
}

TEST_CASE("slow: lines of megabytes, which nothing parts, are merged in n log n steps") {
  const std::size_t size = 2 << 20;
  std::string letters;
  Random random(5);
  for (std::size_t i = 0; i < size; ++i) letters.push_back("thingretu"[random.below(9)]);
  for (const std::string& bytes : {small_byte_level_bpe("qwen2"), small_byte_level_bpe("gpt-4o"),
                                   small_gemma(), small_sentence_piece()}) {
    const Model model(bytes);
    for (const std::string& text :
         {letters, std::string(size, 'a'), std::string(size, ' ') + "x", std::string(size, '\n'),
          std::string(size, '@'), std::string(size, '<')}) {
      const std::vector<TokenId> tokens = model.tokenizer->encode(text, Specials::Parsed);
      const bool same = model.tokenizer->decode(tokens, SpecialsShown::Yes) == text;
      CHECK(same);
    }
  }
}

}  // namespace
}  // namespace temper::engine
