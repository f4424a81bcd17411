#include "engine/tokenizer/pre_tokenizer.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "base/text.h"

namespace temper::engine {
namespace {

// The words of a text, each in brackets.
std::string split(std::string_view pre, std::string_view text) {
  const Result<PreTokenizer> found = find_pre_tokenizer(pre);
  REQUIRE_MESSAGE(found.ok(), found.error().message);
  std::string words;
  while (!text.empty()) {
    const std::size_t length = found->word_length(text);
    REQUIRE(length > 0);
    REQUIRE(length <= text.size());
    words += "[" + std::string(text.substr(0, length)) + "]";
    text.remove_prefix(length);
  }
  return words;
}

TEST_CASE("pre-tokenizer: qwen2 takes one character along with a word, and digits one by one") {
  CHECK(split("qwen2", "int x=12; // the end") == "[int][ x][=][1][2][;][ //][ the][ end]");
  CHECK(split("qwen2", "it's WE'LL 'tis 'x") == "[it]['s][ WE]['LL][ '][tis][ '][x]");
  CHECK(split("qwen2", "f(x)->y\t\tz") == "[f][(x][)->][y][\t][\tz]");
  CHECK(split("qwen2", "½Ⅴ٣ naïve 中文") == "[½][Ⅴ][٣][ naïve][ 中文]");
  CHECK(split("qwen2", "e\u0301x") == "[e][\u0301x]");
}

TEST_CASE("pre-tokenizer: white space ends at its last line break, or before its last character") {
  CHECK(split("qwen2", "a  b\n\n  c \n\t") == "[a][ ][ b][\n\n][ ][ c][ \n][\t]");
  CHECK(split("qwen2", " \n x\r\n") == "[ \n][ x][\r\n]");
  CHECK(split("qwen2", "{\n}\n\n;") == "[{\n][}\n\n][;]");
  CHECK(split("qwen2", "   ") == "[   ]");
  CHECK(split("qwen2", "a\u00a0\u2003b") == "[a][\u00a0][\u2003b]");
}

TEST_CASE("pre-tokenizer: qwen35 counts marks as letters, llama-bpe takes three digits") {
  CHECK(split("qwen35", "e\u0301x \u0301\u0301 .") == "[e\u0301x][ \u0301\u0301][ .]");
  CHECK(split("llama-bpe", "1234567 12½4") == "[123][456][7][ ][12½][4]");
  CHECK(split("llama-bpe", "it'S") == "[it]['S]");
}

TEST_CASE("pre-tokenizer: tekken and gpt-4o end words where capitals begin") {
  CHECK(split("tekken", "HTTPServer camelCase") == "[HTTPServer][ camel][Case]");
  CHECK(split("tekken", "ABCéD éABC aÉb") == "[ABCé][D][ é][ABC][ aÉb]");
  CHECK(split("tekken", "it's 12 x//\n/y") == "[it]['s][ ][1][2][ x][//\n/][y]");
  CHECK(split("gpt-4o", "it's DON'T 'Tis 1234") == "[it's][ DON'T][ '][Tis][ ][123][4]");
  CHECK(split("gpt-4o", "aB'll") == "[a][B'll]");
}

TEST_CASE("pre-tokenizer: gpt-2 takes along a space, and knows contractions in small letters") {
  CHECK(split("gpt-2", "it's WE'LL 123 !?") == "[it]['s][ WE]['][LL][ 123][ !?]");
  CHECK(split("gpt-2", "a\tb  c\n\n") == "[a][\t][b][ ][ c][\n\n]");
}

TEST_CASE("pre-tokenizer: default parts punctuation, and cuts at three digits in a row") {
  CHECK(split("default", "it's a-b (z) +`") == "[it]['][s][ a][-][b][ ][(][z][)][ ][+][`]");
  CHECK(split("default", "x 1234567 12½345 4½56") == "[x][ ][123][456][7][ ][12½][345][ ][4½56]");
  CHECK(split("default", "  $<=>~|. x") == "[  ][$<=>~|.][ x]");
}

TEST_CASE("pre-tokenizer: gemma4 parts lines from line breaks") {
  CHECK(word_length_lines("a b\n\nc") == 3);
  CHECK(word_length_lines("\n\nc") == 2);
  CHECK(word_length_lines("\n") == 1);
}

TEST_CASE("pre-tokenizer: any bytes are cut, as U+FFFD would be where they are not UTF-8") {
  CHECK(split("qwen2", "a\xff\xc3 b") == "[a][\xff\xc3][ b]");
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(30); i > 0; --i) {
      text.push_back(static_cast<char>(random.below(256)));
    }
    for (const std::string_view pre :
         {"qwen2", "qwen35", "llama-bpe", "tekken", "gpt-4o", "gpt-2", "default"}) {
      split(pre, text);  // every word has bytes, and none has more than there are
    }
  }
}

TEST_CASE("pre-tokenizer: one that is not known is refused with those that are") {
  const Result<PreTokenizer> found = find_pre_tokenizer("deepseek-\x1b[2J");
  REQUIRE(!found.ok());
  CHECK(found.error().code == Code::Unsupported);
  CHECK(found.error().message.starts_with(
      "its text is split in a way called \"deepseek-\\x1b[2J\" (tokenizer.ggml.pre), which is "
      "not among those known here: qwen2, qwen35, llama-bpe, tekken, gpt-4o, gpt-2, default, "));
}

TEST_CASE("pre-tokenizer: names that mean the same split differ in no more than they should") {
  CHECK(split("deepseek-r1-qwen", "a 12") == "[a][ ][1][2]");
  CHECK(split("llama4", "aB 12") == "[a][B][ ][12]");
  CHECK(split("glm4", "a 1234") == "[a][ ][123][4]");
  CHECK(find_pre_tokenizer("llama3")->whole_words_first);
  CHECK(find_pre_tokenizer("llama3")->adds_bos);
  CHECK(!find_pre_tokenizer("glm4")->adds_bos);
  CHECK(!find_pre_tokenizer("glm4")->whole_words_first);
}

}  // namespace
}  // namespace temper::engine
