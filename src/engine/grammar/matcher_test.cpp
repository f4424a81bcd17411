#include "engine/grammar/matcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/grammar/builder.h"
#include "support/test_tokens.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

// The tokens that are allowed, as their texts; of control tokens, "<7>".
std::vector<std::string> allowed_texts(const Matcher& matcher, const TestTokens& tokens) {
  std::vector<std::uint64_t> words;
  matcher.allowed(words);
  std::vector<std::string> texts;
  for (std::size_t id = 0; id < tokens.pieces.size(); ++id) {
    if ((words[id / 64] >> id % 64 & 1) == 0) continue;
    const std::string& piece = tokens.pieces[id];
    texts.push_back(piece.empty() ? "<" + std::to_string(id) + ">" : piece);
  }
  return texts;
}

Matcher start(const GrammarBuilder& builder, Part root, const TestTokens& tokens,
              std::size_t memory = TokenGrammar::kDefaultMemory) {
  Result<Grammar> grammar = builder.build(root);
  REQUIRE_MESSAGE(grammar.ok(), (grammar ? "" : grammar.error().message));
  return Matcher(std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)),
                                                tokens.trie, memory));
}

std::string refused(const GrammarBuilder& builder, Part root) {
  const Result<Grammar> grammar = builder.build(root);
  return grammar ? "built" : grammar.error().message;
}

using Texts = std::vector<std::string>;

TEST_CASE("matcher: tokens are allowed as far as their bytes can come") {
  const TestTokens tokens({"a", "ab", "abc", "b", "c", "ca", "x", ""});
  GrammarBuilder builder;
  const Part root = builder.sequence(
      {builder.literal("ab"), builder.repeat(builder.literal("c"), 1, 2), builder.control(7)});
  Matcher matcher = start(builder, root, tokens);
  CHECK(allowed_texts(matcher, tokens) == Texts{"a", "ab", "abc"});
  CHECK(!matcher.accept(3));
  CHECK(matcher.accept(0));
  CHECK(allowed_texts(matcher, tokens) == Texts{"b"});
  CHECK(matcher.accept(3));
  CHECK(allowed_texts(matcher, tokens) == Texts{"c"});
  CHECK(matcher.accept(4));
  CHECK(allowed_texts(matcher, tokens) == Texts{"c", "<7>"});
  const Matcher before = matcher;
  CHECK(matcher.accept(7));
  CHECK(matcher.is_complete());
  CHECK(matcher.is_over());
  CHECK(allowed_texts(matcher, tokens) == Texts{});
  CHECK(!before.is_complete());
  CHECK(allowed_texts(before, tokens) == Texts{"c", "<7>"});
}

TEST_CASE("matcher: a control token is one symbol and never its text") {
  const TestTokens tokens({"<", "e", ">", "<e>", ""});
  GrammarBuilder builder;
  const Part root = builder.sequence({builder.text(), builder.control(4)});
  Matcher matcher = start(builder, root, tokens);
  CHECK(allowed_texts(matcher, tokens) == Texts{"<", "e", ">", "<e>", "<4>"});
  CHECK(matcher.accept(3));
  CHECK(!matcher.is_complete());
  CHECK(matcher.accept(4));
  CHECK(matcher.is_over());
}

TEST_CASE("matcher: what must come is known") {
  const TestTokens tokens({"a", ""});
  GrammarBuilder builder;
  const Part word = builder.choice({builder.literal("read_file"), builder.literal("read_lines")});
  const Part root =
      builder.sequence({builder.literal("call: "), word, builder.literal("!"), builder.control(1)});
  Matcher matcher = start(builder, root, tokens);
  CHECK(matcher.forced() == Forced{"call: read_", std::nullopt});
  CHECK(matcher.forced(5).bytes == "call:");
  CHECK(matcher.accept_bytes("call: read_"));
  CHECK(matcher.forced() == Forced{});
  CHECK(matcher.accept_bytes("l"));
  CHECK(matcher.forced() == Forced{"ines!", 1});
  CHECK(!matcher.accept_bytes("inert"));
  CHECK(matcher.accept_bytes("ines!"));
  CHECK(matcher.forced() == Forced{"", 1});
}

TEST_CASE("matcher: rules contain themselves, as deep as the limit") {
  const TestTokens tokens({"(", ")", "x", "((", "x)"});
  GrammarBuilder builder({.max_depth = 3});
  const Part nest = builder.declare("nest");
  builder.define(
      nest, builder.choice({builder.sequence({builder.literal("("), nest, builder.literal(")")}),
                            builder.literal("x")}));
  Matcher matcher = start(builder, nest, tokens);
  CHECK(matcher.accept_bytes("(("));
  CHECK(allowed_texts(matcher, tokens) == Texts{"(", "x", "x)"});
  CHECK(matcher.accept_bytes("("));
  CHECK(allowed_texts(matcher, tokens) == Texts{"x", "x)"});
  CHECK(matcher.accept_bytes("x)))"));
  CHECK(matcher.is_over());
}

TEST_CASE("matcher: text is UTF-8, also where tokens cut characters") {
  const TestTokens tokens({"a", "\xC3", "\xA9", "\xC3\xA9", "\xE2\x82", "\xAC", "\xFF", "\xA9z"});
  GrammarBuilder builder;
  Matcher matcher = start(builder, builder.text({.least = 0, .most = 2}), tokens);
  CHECK(allowed_texts(matcher, tokens) == Texts{"a", "\xC3", "\xC3\xA9", "\xE2\x82"});
  CHECK(matcher.accept(1));
  CHECK(allowed_texts(matcher, tokens) == Texts{"\xA9", "\xAC", "\xA9z"});
  CHECK(!matcher.is_complete());
  CHECK(matcher.accept(2));
  CHECK(matcher.accept(0));
  CHECK(matcher.is_over());
}

TEST_CASE("matcher: a text up to its end") {
  const TestTokens tokens({"\n", "\n\n", "</", "</p", "p>", ">", "x", "\n</p>", "\n</p>x"});
  GrammarBuilder builder;
  Matcher matcher = start(builder, builder.text_until("\n</p>"), tokens);
  CHECK(allowed_texts(matcher, tokens) ==
        Texts{"\n", "\n\n", "</", "</p", "p>", ">", "x", "\n</p>"});
  CHECK(matcher.accept_bytes("</p>\n\n</p"));
  CHECK(matcher.forced() == Forced{});
  CHECK(matcher.accept_bytes(">"));
  CHECK(matcher.is_over());
}

TEST_CASE("matcher: the same with little memory") {
  const TestTokens tokens = TestTokens::bytes_and({"ab", "abc", "xyz"});
  GrammarBuilder builder;
  std::vector<Part> words;
  for (char first = 'a'; first <= 'z'; ++first) {
    for (char second = 'a'; second <= 'z'; ++second) {
      words.push_back(builder.literal(std::string{first, second, 'x', first}));
    }
  }
  const Part root = builder.repeat(builder.choice(words), 1, 40);
  Matcher large = start(builder, root, tokens);
  Matcher small = start(builder, root, tokens, 10'000);
  const std::string text = "abxazaxzccxcabxa";
  for (const char byte : text) {
    CHECK(allowed_texts(small, tokens) == allowed_texts(large, tokens));
    const Matcher kept = small;
    CHECK(small.accept_bytes(std::string(1, byte)));
    CHECK(large.accept_bytes(std::string(1, byte)));
    CHECK(kept.allows(static_cast<TokenId>(static_cast<unsigned char>(byte))));
  }
  CHECK(small.is_complete());
}

TEST_CASE("grammar: what nobody could finish is refused, or left out") {
  GrammarBuilder builder;
  const Part endless = builder.declare("endless");
  builder.define(endless, builder.sequence({builder.literal("a"), endless}));
  const Part left = builder.declare("left");
  builder.define(left,
                 builder.choice({builder.sequence({builder.optional(builder.literal("y")), left}),
                                 builder.literal("x")}));
  const Part missing = builder.declare("missing");
  CHECK(refused(builder, builder.choice({})).starts_with("no text matches"));
  CHECK(refused(builder, endless).starts_with("no text matches"));
  CHECK(refused(builder, builder.choice({endless, builder.literal("b")})) == "built");
  CHECK(refused(builder, left) ==
        "the rule left begins with itself; write it so that something comes first, as with a "
        "repetition");
  CHECK(refused(builder, builder.sequence({builder.literal("a"), missing})) ==
        "the rule missing is used but not defined");
  CHECK(refused(builder, builder.repeat(builder.literal("a"), 3, 2)).starts_with("no text"));
}

TEST_CASE("grammar: repeats of what may be empty end") {
  const TestTokens tokens({"a", "b"});
  GrammarBuilder builder;
  const Part maybe = builder.optional(builder.literal("a"));
  const Part inner = builder.repeat(maybe, 0);
  Matcher matcher =
      start(builder, builder.sequence({builder.repeat(inner, 2, 5), builder.literal("b")}), tokens);
  CHECK(matcher.accept_bytes("aaaaaaaab"));
  CHECK(matcher.is_over());
}

}  // namespace
}  // namespace temper::engine
