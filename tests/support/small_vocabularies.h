// Vocabularies for tests, one for each kind of tokenizer: small enough to be made when they
// are needed, with everything in them that tokenizers stumble over.
//
// tests/fixtures/tokenizer_vectors.json has what llama.cpp makes of them; whoever changes
// something here makes the vectors anew (tests/fixtures/make_vocabularies.cpp).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "base/utf8.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/vocabulary.h"
#include "support/gguf_writer.h"

namespace temper::engine {

// Tokens in the making, with the lists that go with them.
struct SmallVocabulary {
  std::vector<std::string> texts;
  std::vector<std::int32_t> kinds;
  std::vector<float> scores;
  std::vector<std::string> merges;

  std::uint32_t add(std::string_view text, TokenKind kind, float score = 0) {
    texts.emplace_back(text);
    kinds.push_back(static_cast<std::int32_t>(kind));
    scores.push_back(score);
    known_.insert(texts.back());
    return static_cast<std::uint32_t>(texts.size() - 1);
  }

  // The word and all its beginnings, each a merge of the one before and a character.
  void add_merges(std::string_view word) {
    std::string begin;
    while (!word.empty()) {
      const std::string_view next = word.substr(0, first_code_point(word).bytes);
      word.remove_prefix(next.size());
      const std::string whole = begin + std::string(next);
      if (!begin.empty() && known_.count(whole) == 0) {
        merges.push_back(begin + " " + std::string(next));
        add(whole, TokenKind::Normal, -static_cast<float>(merges.size()));
      }
      begin = whole;
    }
  }

  // Two tokens to be one, in a merge that is in no order with those before.
  void add_merge(std::string_view left, std::string_view right) {
    merges.push_back(std::string(left).append(" ").append(right));
    add(std::string(left).append(right), TokenKind::Normal, -static_cast<float>(merges.size()));
  }

  GgufWriter writer() const {
    GgufWriter file;
    file.put("general.architecture", "llama")
        .put_array("tokenizer.ggml.tokens", texts)
        .put_array("tokenizer.ggml.token_type", kinds);
    return file;
  }

 private:
  std::set<std::string, std::less<>> known_;
};

// "_" is the space, as the kind of vocabulary writes it.
inline constexpr std::string_view kSmallWords[] = {
    "the", "_the", "ing",  "_return", "turn", "er",  "HTTP", "Server", "12",  "123", "__", "____",
    "'s",  "'ll",  "();",  "->",      "!=",   "//",  "_=",   "==",     "_a",  "_b",  "aa", "aaaa",
    "_{",  "über", "中文", "_é",      "<th",  "nk>", "</",   "im",     "_im", "end", "@",  "#!"};

inline constexpr std::string_view kSmallUserDefined[] = {"<think>", "</think>", "@@", "@@@@",
                                                         "@#!"};

// "gpt2", its text split as `pre`.
inline std::string small_byte_level_bpe(std::string_view pre) {
  SmallVocabulary vocabulary;
  for (const std::string& byte : byte_alphabet()) vocabulary.add(byte, TokenKind::Normal);
  const auto in_alphabet = [](std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) {
      text += byte_alphabet()[byte == '_' ? ' ' : static_cast<std::uint8_t>(byte)];
    }
    return text;
  };
  for (const std::string_view word : kSmallWords) vocabulary.add_merges(in_alphabet(word));
  vocabulary.add_merges(in_alphabet("\n\n"));
  vocabulary.add_merges(in_alphabet("\n____"));
  vocabulary.add_merge("th", "ing");
  vocabulary.add_merge("Ġ", "turn");
  const std::uint32_t end = vocabulary.add("<|endoftext|>", TokenKind::Control);
  vocabulary.add("<|im_start|>", TokenKind::Control);
  const std::uint32_t turn_end = vocabulary.add("<|im_end|>", TokenKind::Control);
  for (const std::string_view text : kSmallUserDefined) {
    vocabulary.add(text, TokenKind::UserDefined);
  }
  vocabulary.add("[unused]", TokenKind::Unused);
  return vocabulary.writer()
      .put("tokenizer.ggml.model", "gpt2")
      .put("tokenizer.ggml.pre", pre)
      .put_array("tokenizer.ggml.merges", vocabulary.merges)
      .put("tokenizer.ggml.bos_token_id", end)
      .put("tokenizer.ggml.eos_token_id", turn_end)
      .put("tokenizer.ggml.padding_token_id", end)
      .put_array("tokenizer.ggml.suppress_tokens", std::vector<std::int32_t>{1, 2})
      .bytes();
}

inline std::string with_space_marks(std::string_view word) {
  std::string text;
  for (const char byte : word) text += byte == '_' ? std::string("\u2581") : std::string(1, byte);
  return text;
}

inline void add_bytes(SmallVocabulary& vocabulary) {
  for (int byte = 0; byte < 256; ++byte) {
    vocabulary.add(byte_token_text(static_cast<std::uint8_t>(byte)), TokenKind::Byte);
  }
}

inline void add_characters(SmallVocabulary& vocabulary, float score) {
  for (const std::string_view text :
       {"▁", "t", "h",  "e",  "i", "n", "g", "r", "u", "a", "b", "H", "T", "P", "S",
        "v", "1", "2",  "3",  "'", "s", "l", "(", ")", ";", "-", ">", "!", "=", "/",
        "{", "ü", "中", "文", "é", "<", "k", "m", "d", "@", "#", "|", "_"}) {
    vocabulary.add(text, TokenKind::Normal, score);
  }
}

inline std::string small_gemma() {
  SmallVocabulary vocabulary;
  vocabulary.add("<pad>", TokenKind::Control);
  const std::uint32_t eos = vocabulary.add("<eos>", TokenKind::Control);
  const std::uint32_t bos = vocabulary.add("<bos>", TokenKind::Control);
  const std::uint32_t unknown = vocabulary.add("<unk>", TokenKind::Control);
  for (const std::string_view newlines : {"\n", "\n\n", "\n\n\n"}) {
    vocabulary.add(newlines, TokenKind::Normal);
  }
  add_bytes(vocabulary);
  add_characters(vocabulary, 0);
  for (const std::string_view word : kSmallWords) vocabulary.add_merges(with_space_marks(word));
  vocabulary.add_merge("th", "ing");
  vocabulary.add_merge(">", "▁");  // one of the few that a space ends
  vocabulary.add_merge(">▁", "</");
  vocabulary.add("<|turn>", TokenKind::Control);
  vocabulary.add("<turn|>", TokenKind::Control);
  vocabulary.add("<|tool_response>", TokenKind::UserDefined);
  vocabulary.add("</s>", TokenKind::Normal);
  for (const std::string_view text : kSmallUserDefined) {
    vocabulary.add(text, TokenKind::UserDefined);
  }
  return vocabulary.writer()
      .put("tokenizer.ggml.model", "gemma4")
      .put_array("tokenizer.ggml.scores", vocabulary.scores)
      .put_array("tokenizer.ggml.merges", vocabulary.merges)
      .put("tokenizer.ggml.bos_token_id", bos)
      .put("tokenizer.ggml.eos_token_id", eos)
      .put("tokenizer.ggml.unknown_token_id", unknown)
      .put("tokenizer.ggml.add_bos_token", true)
      .bytes();
}

inline std::string small_sentence_piece() {
  SmallVocabulary vocabulary;
  vocabulary.add("<unk>", TokenKind::Unknown);
  vocabulary.add("<s>", TokenKind::Control);
  vocabulary.add("</s>", TokenKind::Control);
  add_bytes(vocabulary);
  for (const std::string_view word : kSmallWords) vocabulary.add_merges(with_space_marks(word));
  // Equal scores, so that the place decides.
  vocabulary.add("thing", TokenKind::Normal, -1.5F);
  vocabulary.add("tha", TokenKind::Normal, -1.5F);
  vocabulary.add("▁turn", TokenKind::Normal, -50);
  add_characters(vocabulary, -1000);
  for (const std::string_view text : kSmallUserDefined) {
    vocabulary.add(text, TokenKind::UserDefined);
  }
  return vocabulary.writer()
      .put("tokenizer.ggml.model", "llama")
      .put_array("tokenizer.ggml.scores", vocabulary.scores)
      .put("tokenizer.ggml.bos_token_id", std::uint32_t{1})
      .put("tokenizer.ggml.eos_token_id", std::uint32_t{2})
      .put("tokenizer.ggml.unknown_token_id", std::uint32_t{0})
      .put("tokenizer.ggml.add_eos_token", true)
      .bytes();
}

}  // namespace temper::engine
