#include "engine/dialect/transcoder.h"

#include <doctest/doctest.h>

#include "base/json.h"

namespace temper::engine {
namespace {

// The JSON and what comes behind it, or "bad: ". A lone " ` " stands for Gemma's quote.
std::string outcome(std::string_view text, ObjectSpelling spelling = ObjectSpelling::Json) {
  JsonTranscoder transcoder(spelling);
  std::string json;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool quote = spelling == ObjectSpelling::Gemma && text[i] == '`';
    switch (quote ? transcoder.feed_quote(json) : transcoder.feed(text[i], json)) {
      case JsonTranscoder::State::More: break;
      case JsonTranscoder::State::Bad: return "bad: " + transcoder.why();
      case JsonTranscoder::State::Done:
        CHECK_MESSAGE(parse_json(json).ok(), json);
        return json + (i + 1 < text.size() ? " | " + std::string(text.substr(i + 1)) : "");
    }
  }
  return "more: " + json;
}

std::string gemma(std::string_view text) { return outcome(text, ObjectSpelling::Gemma); }

TEST_CASE("transcoder: right JSON passes letter for letter, and ends where it ends") {
  for (const std::string_view json :
       {R"({})", R"([ ])", R"({"a": "x\"y\\\/\b\f\n\r\t\u00e9\ud83d\ude00", "b":[1,-2.5e+10,true,
          false , null]})",
        R"({"":{"":[[],{}]}})", R"({"ü": "你 😀"})"}) {
    CHECK(outcome(json) == json);
  }
  CHECK(outcome("  \n{} x") == "{} |  x");
  CHECK(outcome("[[1]]]") == "[[1]] | ]");
  CHECK(outcome("{\"a\"") == "more: {\"a\"");
}

TEST_CASE("transcoder: what nobody can misread is put right") {
  CHECK(outcome("{\"a\": \"x\ny\tz\x01\"}") == R"({"a": "x\ny\tz\u0001"})");
  CHECK(outcome(R"({"a": "\d\.\'\q\u12"})") == R"({"a": "\\d\\.'\\q\\u12"})");
  CHECK(outcome(R"({"a": "\u12")") == R"(more: {"a": "\\u12")");
  CHECK(outcome("{\"a\": [True, False, None,],}") == "{\"a\": [true, false, null]}");
  CHECK(outcome("{\"a\": 1 , }") == "{\"a\": 1  }");
}

TEST_CASE("transcoder: what could mean anything is bad") {
  CHECK(outcome("x") == "bad: it does not begin with { or [");
  CHECK(outcome("{a: 1}") == "bad: a key in quotes was expected");
  CHECK(outcome("{\"a\" 1}") == "bad: a colon was expected after a key, not 1");
  CHECK(outcome("{\"a\": }") == "bad: a value was expected");
  CHECK(outcome("{\"a\": 'x'}") == "bad: a value was expected");
  CHECK(outcome("{\"a\": x}") == "bad: neither a number nor a word of JSON: x");
  CHECK(outcome("{\"a\": 01}") == "bad: neither a number nor a word of JSON: 01");
  CHECK(outcome("{\"a\": 1 2}") == "bad: a comma or the end was expected after a value");
  CHECK(outcome("{\"a\": 1]") == "bad: a bracket is closed by the other kind");
  CHECK(outcome(std::string(101, '[')) == "bad: it nests more than 100 levels deep");
}

TEST_CASE("transcoder: integers that no double equals are numbers") {
  const std::string_view least_and_most =
      R"({"a":[9007199254740993,-9223372036854775808,18446744073709551615]})";
  CHECK(outcome(least_and_most) == least_and_most);
  CHECK(gemma("{a:[9007199254740993,-9223372036854775808,18446744073709551615]}") ==
        least_and_most);
}

TEST_CASE("transcoder: what Gemma writes") {
  CHECK(gemma("{}") == "{}");
  CHECK(gemma("{a:`x`,b_c:1,d:{e:[`y`,true,null]}}") ==
        R"({"a":"x","b_c":1,"d":{"e":["y",true,null]}})");
  CHECK(gemma("{a:`\"q\" \\n 'r' {[,:]}\n`}") == R"({"a":"\"q\" \\n 'r' {[,:]}\n"})");
  CHECK(gemma("{a:\"x\\n`\",'b':'it\\'s \"z\"'}") == R"({"a":"x\n<|\"|>","b":"it's \"z\""})");
  CHECK(gemma("{`a b`:1, c d : two words ,e:-.5}") == R"({"a b":1, "c d": "two words","e":"-.5"})");
  CHECK(gemma("{a:}") == "bad: a value was expected");
  CHECK(gemma("{a:x`}") == "bad: a quote stands in the middle of a word");
  CHECK(gemma("{a:1,`") == "more: {\"a\":1,\"");
}

}  // namespace
}  // namespace temper::engine
