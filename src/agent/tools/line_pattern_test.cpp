#include "agent/tools/line_pattern.h"

#include <doctest/doctest.h>

#include <string>

namespace temper::agent {
namespace {

// What is found, in brackets each.
std::string found(std::string_view pattern, std::string_view text,
                  PatternKind kind = PatternKind::Regex, LetterCase letters = LetterCase::Exact) {
  const Result<LinePattern> compiled = LinePattern::compile(pattern, kind, letters);
  if (!compiled) return "error: " + compiled.error().message;
  std::string all;
  std::size_t from = 0;
  while (const auto match = compiled->find(text, from)) {
    all += "[" + std::string(text.substr(match->begin, match->end - match->begin)) + "]";
    from = match->end > match->begin ? match->end : match->end + 1;
  }
  return all;
}

TEST_CASE("line pattern: matches stay in their line") {
  CHECK(found("b+", "abba b") == "[bb][b]");
  CHECK(found("^b$", "a\nb\nab\n") == "[b]");
  CHECK(found("a.*c", "a\nc\nabc") == "[abc]");
  CHECK(found("a\\s+c", "a\nc a c") == "[a c]");
  CHECK(found("a[^x]c", "a\nc") == "");
  CHECK(found("a|^c", "b\nc") == "[c]");
}

TEST_CASE("line pattern: as text, and without regard to case") {
  CHECK(found("f(x)", "f(x) fx", PatternKind::Literal) == "[f(x)]");
  CHECK(found("Ab", "ab AB", PatternKind::Regex, LetterCase::Ignored) == "[ab][AB]");
  CHECK(found("Ä", "ä", PatternKind::Literal, LetterCase::Ignored) == "[ä]");
}

TEST_CASE("line pattern: what is wrong is said") {
  CHECK(found("f(", "f(") == "error: missing ): f(");
  CHECK(found("a)(b", "") == "error: unexpected ): a)(b");
  CHECK(found("(?=x)", "x") == "error: invalid perl operator: (?=");
}

TEST_CASE("line pattern: nested repetition is no trap") {
  CHECK(found("(a+)+$", std::string(100000, 'a') + "b") == "");
}

}  // namespace
}  // namespace temper::agent
