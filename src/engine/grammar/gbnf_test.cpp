#include "engine/grammar/gbnf.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/grammar/matcher.h"
#include "support/test_tokens.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

Result<Grammar> grammar_of(std::string_view source) {
  GrammarBuilder builder;
  const Part root = TRY(parse_gbnf(builder, source));
  return builder.build(root);
}

std::string refusal(std::string_view source) {
  const Result<Grammar> grammar = grammar_of(source);
  return grammar ? "" : grammar.error().message;
}

bool matches(std::string_view source, std::string_view text) {
  static const TestTokens kTokens({"a"});
  Result<Grammar> grammar = grammar_of(source);
  REQUIRE_MESSAGE(grammar.ok(), source << ": " << (grammar ? "" : grammar.error().message));
  Matcher matcher(
      std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)), kTokens.trie));
  return matcher.accept_bytes(text) && matcher.is_complete();
}

struct Row {
  std::string_view source;
  std::vector<std::string_view> accepted;
  std::vector<std::string_view> refused;
};

TEST_CASE("gbnf: what a grammar says") {
  const std::vector<Row> rows{
      {R"(root ::= "a" "b" | "c")", {"ab", "c"}, {"a", "abc", ""}},
      {"root ::= \"a\\n\\x41\\u00e9\\\"\"", {"a\nA\xC3\xA9\""}, {"a"}},
      {R"(root ::= [a-c0-9_]+ [^x\n]?)",
       {"a", "b9_", "b9_!", "a\xF0\x9D\x84\x9E"},
       {"", "ax", "a\n"}},
      {R"(root ::= [α-ω]{2})", {"αω", "βγ"}, {"α", "ab", "αβγ"}},
      {R"(root ::= .{1,2})", {"é", "\n\n"}, {"", "abc", "\xFF"}},
      {R"(root ::= "x"{2,} "y"{,1} "z"{3})", {"xxzzz", "xxxyzzz"}, {"xzzz", "xxyyzzz"}},
      {R"(root ::= ("a" | "b" c)* # with a comment
c ::= ("c"
   "d" | )?)",
       {"", "a", "bcd", "abbcda"},
       {"bc", "c"}},
      {"root ::= |\n \"a\"\n", {"", "a"}, {"b"}},
      {R"(root ::= "[" (root ("," root)*)? "]")", {"[]", "[[],[[]]]"}, {"[", "[,]", "[]]"}},
      {R"(root ::= [-a\]^] [a-])", {"--", "]a", "^-"}, {"b-"}},
      {R"(root ::= (("a"?)*){2} "b"**)", {"", "aab", "bbb"}, {"ba"}},
      {"root\t::=\tx-y_1\r\n\r\nx-y_1 ::= \"q\"", {"q"}, {}},
      {R"(root ::= ([0-9]{1,2} ("a" | "b")){0,2} "c")",
       {"c", "1ac", "12b3ac"},
       {"123ac", "1a1a1ac"}},
  };
  for (const Row& row : rows) {
    for (const auto text : row.accepted)
      CHECK_MESSAGE(matches(row.source, text), row.source << text);
    for (const auto text : row.refused)
      CHECK_MESSAGE(!matches(row.source, text), row.source << text);
  }
}

TEST_CASE("gbnf: control tokens") {
  static const TestTokens kTokens({"a", ""});
  Result<Grammar> grammar = grammar_of("root ::= \"a\"* <[1]>");
  REQUIRE(grammar.ok());
  Matcher matcher(
      std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)), kTokens.trie));
  CHECK(matcher.accept(0));
  CHECK(matcher.accept(1));
  CHECK(matcher.is_over());
}

TEST_CASE("gbnf: what is wrong is said with its place") {
  const std::vector<std::pair<std::string, std::string_view>> rows{
      {"", "line 1, column 1: there is no rule called root"},
      {"root ::= \"a", "line 1, column 12: a closing quote was expected"},
      {"root ::= x", "line 1, column 10: the rule x is not defined"},
      {"root ::= \"é\" (\n  \"a\" ", "line 2, column 7: a ) was expected"},
      {"root ::= \"a\"\nroot ::= \"b\"",
       "line 2, column 1: the rule root is defined a second time"},
      {"root = \"a\"", "line 1, column 6: ::= was expected"},
      {"root ::= [z-a]", "line 1, column 14: a range must go from one character to a later one"},
      {"root ::= [a", "line 1, column 12: a ] was expected"},
      {"root ::= \"\\q\"", "line 1, column 12: there is no such escape"},
      {"root ::= \"\\ud800\"", "line 1, column 17: there is no such character"},
      {"root ::= \"a\"{3,2}", "line 1, column 18: the numbers of a repetition are out of order"},
      {"root ::= \"a\"{99999999}", "line 1, column 20: at most 1000000 is supported here"},
      {"root ::= \"a\" )", "line 1, column 14: the end of the rule was expected"},
      {"root ::= *", "line 1, column 10: the end of the rule was expected"},
      {"root ::= \"\xFF\"", "line 1, column 11: this is not valid UTF-8"},
      {"root ::= " + std::string(100, '('), "line 1, column 71: groups are nested too deep"},
  };
  for (const auto& [source, message] : rows) CHECK(refusal(source) == message);
  CHECK(refusal("root ::= []+ \"a\"").starts_with("no text matches"));
  CHECK(refusal("root ::= root \"a\" | \"b\"").starts_with("the rule root begins with itself"));
  CHECK(refusal("root ::= a\na ::= \"x\"? root").starts_with("no text matches"));
}

}  // namespace
}  // namespace temper::engine
