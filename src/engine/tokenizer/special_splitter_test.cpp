#include "engine/tokenizer/special_splitter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "base/format.h"
#include "base/random.h"
#include "engine/gguf/file.h"
#include "support/gguf_writer.h"

namespace temper::engine {
namespace {

struct Token {
  std::string text;
  TokenKind kind;
};

Vocabulary vocabulary_of(const std::vector<Token>& tokens) {
  std::vector<std::string> texts;
  std::vector<std::int32_t> kinds;
  for (const Token& token : tokens) {
    texts.push_back(token.text);
    kinds.push_back(static_cast<std::int32_t>(token.kind));
  }
  const std::string bytes = GgufWriter()
                                .put_array("tokenizer.ggml.tokens", texts)
                                .put_array("tokenizer.ggml.token_type", kinds)
                                .bytes();
  const auto file = GgufFile::parse(std::as_bytes(std::span(bytes)), "test");
  REQUIRE(file.ok());
  Result<Vocabulary> vocabulary = Vocabulary::load(*file);
  REQUIRE(vocabulary.ok());
  return *std::move(vocabulary);
}

// The rule as it is written down: each token, the longest first, is cut out of all that is
// still text.
std::vector<Fragment> split_by_the_rule(const std::vector<Token>& tokens, std::string_view text,
                                        bool trusted) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (trusted || tokens[i].kind == TokenKind::UserDefined) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return tokens[a].text.size() > tokens[b].text.size();
  });
  std::vector<Fragment> fragments;
  if (!text.empty()) fragments.push_back({{0, text.size()}, kNoToken});
  for (const std::size_t id : order) {
    std::vector<Fragment> next;
    for (Fragment fragment : fragments) {
      while (fragment.token == kNoToken) {
        const std::size_t end = fragment.range.end;
        const std::size_t at = text.substr(0, end).find(tokens[id].text, fragment.range.begin);
        if (at == text.npos) break;
        if (at > fragment.range.begin) next.push_back({{fragment.range.begin, at}, kNoToken});
        const std::size_t after = at + tokens[id].text.size();
        next.push_back({{at, after}, static_cast<TokenId>(id)});
        fragment.range.begin = after;
        if (after == end) break;
      }
      if (fragment.range.begin < fragment.range.end) next.push_back(fragment);
    }
    fragments = std::move(next);
  }
  return fragments;
}

std::string shown(std::string_view text, const std::vector<Fragment>& fragments) {
  std::string line;
  for (const Fragment& fragment : fragments) {
    const std::size_t bytes = fragment.range.end - fragment.range.begin;
    line += format("[{}{}]", fragment.token == kNoToken ? "" : format("{}:", fragment.token),
                   text.substr(fragment.range.begin, bytes));
  }
  return line;
}

const std::vector<Token> kTokens = {
    {"<end>", TokenKind::Control},   {"<think>", TokenKind::UserDefined},
    {"@@", TokenKind::UserDefined},  {"@@@", TokenKind::UserDefined},
    {"@#@", TokenKind::UserDefined}, {"plain", TokenKind::Normal},
    {"<unk>", TokenKind::Unknown},   {"", TokenKind::Control},
    {"@@", TokenKind::UserDefined},
};

std::string split(std::string_view text, const std::vector<TextRange>& trusted) {
  return shown(text, SpecialSplitter(vocabulary_of(kTokens)).split(text, trusted));
}

TEST_CASE("special splitter: control tokens only where they are trusted, user-defined anywhere") {
  CHECK(split("a<end><think>b<unk>plain", {}) == "[a<end>][1:<think>][b<unk>plain]");
  CHECK(split("a<end><think>b<unk>plain", {{0, 24}}) ==
        "[a][0:<end>][1:<think>][b][6:<unk>][plain]");
  CHECK(split("", {}) == "");
  CHECK(split("<end>", {{0, 5}}) == "[0:<end>]");
}

TEST_CASE("special splitter: every byte of a control token must be trusted") {
  CHECK(split("<end>x<end>", {{0, 5}}) == "[0:<end>][x<end>]");
  CHECK(split("<end>x<end>", {{0, 4}}) == "[<end>x<end>]");
  CHECK(split("<end>x<end>", {{1, 6}, {7, 11}}) == "[<end>x<end>]");
  CHECK(split("<end>x<end>", {{1, 2}, {6, 11}}) == "[<end>x][0:<end>]");
}

TEST_CASE("special splitter: the longest first, and each from the left") {
  CHECK(split("@@@@@", {}) == "[3:@@@][2:@@]");
  CHECK(split("@#@ @@@", {}) == "[4:@#@][ ][3:@@@]");
  // Of equally long ones that overlap, the first in the vocabulary.
  CHECK(split("@#@@@@", {}) == "[@#][3:@@@][@]");
  CHECK(split("@@@#@", {}) == "[3:@@@][#@]");
  CHECK(split("@@#@", {}) == "[@][4:@#@]");
}

TEST_CASE("special splitter: does what the rule says, whatever overlaps") {
  Random random(11);
  for (int round = 0; round < 400; ++round) {
    std::vector<Token> tokens;
    for (std::uint64_t i = 1 + random.below(8); i > 0; --i) {
      std::string text;
      for (std::uint64_t j = 1 + random.below(5); j > 0; --j) {
        text.push_back(static_cast<char>('a' + random.below(2)));
      }
      const bool is_new = std::none_of(tokens.begin(), tokens.end(),
                                       [&](const Token& known) { return known.text == text; });
      const bool control = random.below(2) == 0;
      if (is_new) tokens.push_back({text, control ? TokenKind::Control : TokenKind::UserDefined});
    }
    std::string text;
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      text.push_back(static_cast<char>('a' + random.below(random.below(10) == 0 ? 3 : 2)));
    }
    const SpecialSplitter splitter(vocabulary_of(tokens));
    for (const bool trusted : {false, true}) {
      std::vector<TextRange> ranges;
      if (trusted) ranges.push_back({0, text.size()});
      CHECK(shown(text, splitter.split(text, ranges)) ==
            shown(text, split_by_the_rule(tokens, text, trusted)));
    }
  }
}

}  // namespace
}  // namespace temper::engine
