// Any text as a grammar: refused in one printable line, or a walk through it never comes
// to a place without a way on, and tokens lead where their bytes do.
#include "engine/grammar/gbnf.h"

#include <cstdint>

#include "base/random.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "engine/grammar/matcher.h"
#include "support/error_message.h"
#include "support/random_walk.h"
#include "support/test_tokens.h"

using namespace temper;
using namespace temper::engine;

namespace {

const TestTokens& tokens() {
  static const TestTokens kTokens =
      TestTokens::bytes_and({"ab", "abc", "aa", "aaaa", "\n\n", "\"a", "a\"", "12", "é", "\xC3",
                             "漢字", "  ", "))", "((", ""});
  return kTokens;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  GrammarBuilder builder({.max_nodes = 20'000});
  const auto root = parse_gbnf(builder, source);
  if (!root) {
    testing::check_message(root.error().message, 3000);
    return 0;
  }
  Result<Grammar> built = builder.build(*root);
  if (!built) {
    testing::check_message(built.error().message, 3000);
    return 0;
  }
  const auto grammar = std::make_shared<Grammar>(*std::move(built));
  const auto roomy = std::make_shared<TokenGrammar>(grammar, tokens().trie);
  const auto tight = std::make_shared<TokenGrammar>(grammar, tokens().trie, 100'000);
  Matcher matcher(roomy);
  Matcher other(tight);
  Random random(size);
  std::vector<std::uint64_t> words;
  std::vector<std::uint64_t> other_words;
  for (int step = 0; step < 12; ++step) {
    const std::vector<TokenId> allowed = testing::allowed_tokens(matcher, words);
    other.allowed(other_words);
    VERIFY(words == other_words, "little memory makes no difference");
    // But for control tokens that the vocabulary does not have.
    VERIFY(!allowed.empty() || matcher.is_complete() || source.find("<[") != source.npos,
           "there is a way on");
    if (allowed.empty()) break;
    for (int i = 0; i < 20; ++i) {
      const auto token = static_cast<TokenId>(random.below(tokens().pieces.size()));
      const bool is_allowed = (words[static_cast<std::size_t>(token) / 64] >> token % 64 & 1) != 0;
      VERIFY(matcher.allows(token) == is_allowed, "the mask says what is accepted");
    }
    const Forced forced = matcher.forced(50);
    Matcher ahead = matcher;
    VERIFY(ahead.accept_bytes(forced.bytes), "what is forced can come");
    const TokenId token = allowed[random.below(allowed.size())];
    VERIFY(matcher.accept(token) && other.accept(token), "what is allowed is accepted");
  }
  return 0;
}
