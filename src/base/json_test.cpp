#include "base/json.h"

#include <doctest/doctest.h>

#include <clocale>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/format.h"

namespace temper {
namespace {

// What a text is read as, written again; or why it is refused.
std::string outcome(std::string_view text, const JsonLimits& limits = {}) {
  Result<Json> json = parse_json(text, limits);
  return json ? json->dump() : "refused: " + json.error().message;
}

TEST_CASE("json: reads and writes every kind of value") {
  CHECK(outcome("null") == "null");
  CHECK(outcome(" true ") == "true");
  CHECK(outcome("\t\r\n false\n") == "false");
  CHECK(outcome("\"\"") == "\"\"");
  CHECK(outcome("[]") == "[]");
  CHECK(outcome("{ }") == "{}");
  CHECK(outcome("[1, \"two\" ,[3.5], {\"four\" : null}]") == "[1,\"two\",[3.5],{\"four\":null}]");
  CHECK(outcome("{\"z\":1,\"a\":2,\"\":3}") == "{\"z\":1,\"a\":2,\"\":3}");  // in their order
  CHECK(outcome("\xEF\xBB\xBF{}") == "{}");
}

TEST_CASE("json: numbers are exact or refused") {
  CHECK(outcome("0") == "0");
  CHECK(outcome("-0") == "0");
  CHECK(outcome("-0.0") == "-0.0");
  CHECK(outcome("9223372036854775807") == "9223372036854775807");
  CHECK(outcome("-9223372036854775808") == "-9223372036854775808");
  CHECK(outcome("18446744073709551615") == "18446744073709551615");
  CHECK(outcome("18446744073709551616") ==
        "refused: line 1, column 1: the integer is beyond 64 bits");
  CHECK(outcome("[-9223372036854775809]") ==
        "refused: line 1, column 2: the integer is beyond 64 bits");
  CHECK(outcome("1.0") == "1.0");
  CHECK(outcome("0.1") == "0.1");
  CHECK(outcome("5e-324") == "5e-324");
  CHECK(outcome("1E2") == "100.0");
  CHECK(outcome("1.7976931348623157e+308") == "1.7976931348623157e+308");
  CHECK(outcome("1234567890123456.0") == "1234567890123456.0");
  CHECK(outcome("12345678901234567890.0") == "1.2345678901234567e+19");
  CHECK(outcome("1e15") == "1000000000000000.0");
  CHECK(outcome("1e16") == "1e+16");
  CHECK(outcome("0.000001") == "0.000001");
  CHECK(outcome("1e-7") == "1e-07");
  CHECK(outcome("1e-400") == "0.0");
  CHECK(outcome("[1, 1e400]") ==
        "refused: line 1, column 5: the number is beyond the range of a double");
}

TEST_CASE("json: strings") {
  CHECK(outcome(R"("\"\\\/\b\f\n\r\t")") == R"("\"\\/\b\f\n\r\t")");
  CHECK(outcome(R"("\u0041\u00e9\u6f22\ud83d\ude00")") == "\"Aé漢😀\"");
  CHECK(outcome(R"("\u0000\u001f\u007f")") == "\"\\u0000\\u001f\x7f\"");
  CHECK(outcome("\"\xF4\x8F\xBF\xBF\u2028\"") == "\"\xF4\x8F\xBF\xBF\u2028\"");
}

TEST_CASE("json: what is not JSON is refused, with the place and what was expected") {
  const std::pair<std::string, std::string> rows[] = {
      {"", "line 1, column 1: a value was expected, but the text ends"},
      {" \n ", "line 2, column 2: a value was expected, but the text ends"},
      {"[1,\n 2 \"x\"]", "line 2, column 4: a comma or ] was expected, not \"x\""},
      {"{\"a\":1 \"b\":2}", "line 1, column 8: a comma or } was expected, not \"b\""},
      {"{\"a\" 1}", "line 1, column 6: a colon was expected, not \"1\""},
      {"{a:1}", "line 1, column 2: a key in quotes was expected, not \"a\""},
      {"{'a':1}", "line 1, column 2: a key in quotes was expected, not \"'\""},
      {"{1:1}", "line 1, column 2: a key in quotes was expected, not \"1\""},
      {"{\"a\":1,}", "line 1, column 8: a key in quotes was expected, not \"}\""},
      {"[1,]", "line 1, column 4: a value was expected, not \"]\""},
      {"[,1]", "line 1, column 2: a value was expected, not \",\""},
      {"[1", "line 1, column 3: a comma or ] was expected, but the text ends"},
      {"{\"a\":", "line 1, column 6: a value was expected, but the text ends"},
      {"{\"a\"", "line 1, column 5: a colon was expected, but the text ends"},
      {"[1}", "line 1, column 3: a comma or ] was expected, not \"}\""},
      {"]", "line 1, column 1: a value was expected, not \"]\""},
      {"1 2", "line 1, column 3: the end of the text was expected, not \"2\""},
      {"{} x", "line 1, column 4: the end of the text was expected, not \"x\""},
      {"[] // why", "line 1, column 4: the end of the text was expected, not \"/\""},
      {"/* */ 1", "line 1, column 1: a value was expected, not \"/\""},
      {"[true, tru\n]", "line 1, column 8: a value was expected, not \"tru\""},
      {"[é]", "line 1, column 2: a value was expected, not \"é\""},
      {"[\"é\", x]", "line 1, column 7: a value was expected, not \"x\""},
      {"\xEF\xBB\xBFx", "line 1, column 1: a value was expected, not \"x\""},
      {"\xEF\xBB\xBF\xEF\xBB\xBF"
       "1",
       "line 1, column 1: a value was expected, not \"\\ufeff\""},
      {"\xEF\xBB", "line 1, column 1: a value was expected, not \"\\xef\\xbb\""},
      {"NaN", "line 1, column 1: a value was expected, not \"NaN\""},
      {"[Infinity]", "line 1, column 2: a value was expected, not \"Infinity\""},
      {"nullx", "line 1, column 5: the end of the text was expected, not \"x\""},
      {"[18n\"\"]", "line 1, column 4: a comma or ] was expected, not \"n\""},
      {"[1 \"a\nb\"]",
       "line 1, column 6: a control character in a string must be written as an escape"},
      {"TRUE", "line 1, column 1: a value was expected, not \"TRUE\""},
      {"[\x1b[31m]", "line 1, column 2: a value was expected, not \"\\x1b\""},
      // numbers
      {"-", "line 1, column 2: a digit was expected"},
      {"[-a]", "line 1, column 3: a digit was expected"},
      {"[1.]", "line 1, column 4: a digit was expected"},
      {"[1e+]", "line 1, column 5: a digit was expected"},
      {".5", "line 1, column 1: a value was expected, not \".5\""},
      {"+1", "line 1, column 1: a value was expected, not \"+1\""},
      {"01", "line 1, column 2: the end of the text was expected, not \"1\""},
      {"0x10", "line 1, column 2: the end of the text was expected, not \"x10\""},
      // strings
      {"[\"abc", "line 1, column 2: the string has no closing quote"},
      {"[\"abc\\\"]", "line 1, column 2: the string has no closing quote"},
      {"\"a\nb\"",
       "line 1, column 3: a control character in a string must be written as an escape"},
      {"\"a\tb\"",
       "line 1, column 3: a control character in a string must be written as an escape"},
      {R"("\x41")",
       "line 1, column 3: a backslash may stand before one of \" \\ / b f n r t u only"},
      {R"("\u12g4")", "line 1, column 6: \\u must be followed by four hexadecimal digits"},
      {R"("\ud83d")",
       "line 1, column 8: \\u escapes of surrogates must come in pairs, the high one first"},
      {R"("\ud83dx")",
       "line 1, column 8: \\u escapes of surrogates must come in pairs, the high one first"},
      {R"("\ude00\ud83d")",
       "line 1, column 7: \\u escapes of surrogates must come in pairs, the high one first"},
      {R"("\ud83d\ud83d")",
       "line 1, column 13: \\u escapes of surrogates must come in pairs, the high one first"},
      {"\"a\xFF\"", "line 1, column 3: the string is not valid UTF-8"},
      {"\"\xC0\x80\"", "line 1, column 2: the string is not valid UTF-8"},
      {"\"\xED\xA0\x80\"", "line 1, column 3: the string is not valid UTF-8"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CHECK(outcome(row.first) == std::string("refused: ") + row.second);
  }
  CHECK(outcome(std::string_view("1\0 2", 4)) ==
        "refused: line 1, column 2: there is a NUL byte in the text");
}

TEST_CASE("json: a key may stand only once in an object") {
  CHECK(outcome("{\"a\":1,\n \"b\":[], \"a\" : 2}") ==
        "refused: line 2, column 10: the key \"a\" stands twice in one object");
  CHECK(outcome("{\"a\":1, \"\\u0061\":2}") ==
        "refused: line 1, column 9: the key \"\\u0061\" stands twice in one object");
  CHECK(outcome("{\"a\":{\"a\":{\"a\":1}}}") == "{\"a\":{\"a\":{\"a\":1}}}");
  std::string large = "{";
  for (int member = 0; member < 100; ++member) large += format("\"k{}\":1, ", member);
  CHECK(outcome(large + "\"last\":1}").starts_with("{\"k0\":1,"));
  CHECK(outcome(large + "\"k7\":1, \"k5\":1}") ==
        "refused: line 1, column 900: the key \"k5\" stands twice in one object");
}

TEST_CASE("json: limits") {
  CHECK(outcome("[1]", {.max_bytes = 2}) ==
        "refused: the JSON text has 3 B, more than the 2 B that are read");
  CHECK(outcome("[[[]]]", {.max_depth = 3}) == "[[[]]]");
  CHECK(outcome("[[{}]]", {.max_depth = 2}) ==
        "refused: line 1, column 3: arrays and objects are nested more than 2 deep");
  CHECK(outcome("[1,2]", {.max_values = 3}) == "[1,2]");
  CHECK(outcome("[1,2,3]", {.max_values = 3}).find("more than 3 values") != std::string::npos);
  const Result<Json> bomb = parse_json(std::string(1 << 20, '['));
  CHECK(bomb.error().code == Code::Limit);
  const Result<Json> unlimited = parse_json(std::string(1000, '['), {.max_depth = 5000});
  CHECK(unlimited.error().message ==
        "line 1, column 1001: a value was expected, but the text ends");
}

TEST_CASE("json: an object of many keys is read in good time") {
  std::string text = "{\"\":0";
  for (int member = 0; member < 200000; ++member) text += format(",\"key{}\":{}", member, member);
  text += "}";
  const Result<Json> json = parse_json(text);
  REQUIRE(json);
  CHECK(json->members()->size() == 200001);
  CHECK(json->dump() == text);
}

TEST_CASE("json: there is one form of each integer") {
  CHECK(Json(std::uint64_t{7}) == Json(7));
  CHECK(Json(std::size_t{7}) == Json(std::int64_t{7}));
  CHECK(Json(std::uint8_t{7}) == Json(7L));
  CHECK(Json(UINT64_MAX).dump() == "18446744073709551615");
  CHECK(Json(UINT64_MAX).kind() == Json::Kind::Integer);
  CHECK(Json(7) != Json(7.0));
  CHECK(Json(true).dump() == "true");
  CHECK(Json(0.5f).dump() == "0.5");
  static_assert(!std::is_constructible_v<Json, char>);
  static_assert(!std::is_constructible_v<Json, int*>);
}

std::string integer_of(const Json& json) {
  const Result<std::int64_t> integer = json.as_integer();
  return integer ? format("{}", *integer) : integer.error().message;
}
std::string unsigned_of(const Json& json) {
  const Result<std::uint64_t> integer = json.as_unsigned();
  return integer ? format("{}", *integer) : integer.error().message;
}
std::string number_of(const Json& json) {
  const Result<double> number = json.as_number();
  return number ? format("{}", *number) : number.error().message;
}

TEST_CASE("json: numbers answer for equal values of the other kind") {
  CHECK(integer_of(3.0) == "3");
  CHECK(integer_of(3.5) == "an integer was expected, not 3.5");
  CHECK(integer_of(-9223372036854775808.0) == "-9223372036854775808");
  CHECK(integer_of(9223372036854775808.0) == "an integer was expected, not 9.223372036854776e+18");
  CHECK(integer_of(UINT64_MAX) == "18446744073709551615 is too large an integer");
  CHECK(integer_of("3") == "an integer was expected, not a string");
  CHECK(integer_of(std::nan("")) == "an integer was expected, not null");
  CHECK(unsigned_of(UINT64_MAX) == "18446744073709551615");
  CHECK(unsigned_of(9223372036854775808.0) == "9223372036854775808");
  CHECK(unsigned_of(-1) == "an integer from 0 on was expected, not -1");
  CHECK(unsigned_of(-0.5) == "an integer from 0 on was expected, not -0.5");
  CHECK(unsigned_of(Json::array()) == "an integer was expected, not an array");
  CHECK(number_of(3) == "3");
  CHECK(number_of(9007199254740993) == "9007199254740993 is no exact floating point number");
  CHECK(number_of(INT64_MAX) == "9223372036854775807 is no exact floating point number");
  CHECK(number_of(UINT64_MAX) == "18446744073709551615 is no exact floating point number");
  CHECK(number_of(true) == "a number was expected, not a boolean");
}

TEST_CASE("json: readers name the key") {
  const Json json = Json::object({{"name", "x"}, {"count", 3}, {"on", true}, {"none", nullptr}});
  CHECK(*json.string_at("name") == "x");
  CHECK(*json.integer_at("count") == 3);
  CHECK(*json.boolean_at("on") == true);
  CHECK(json.string_at("nome").error() == Error{Code::Invalid, "\"nome\" is missing"});
  CHECK(json.string_at("none").error().message == "\"none\": a string was expected, not null");
  CHECK(json.integer_at("on").error().message == "\"on\": an integer was expected, not a boolean");
  CHECK(json.boolean_at("count").error().message ==
        "\"count\": a boolean was expected, not an integer");
  CHECK(Json(3).string_at("x").error().message == "an object was expected, not an integer");
  CHECK(json.find("name")->string() != nullptr);
  CHECK(json.find("nome") == nullptr);
  CHECK(Json(3).find("x") == nullptr);
}

TEST_CASE("json: is built up from null") {
  Json json;
  json.set("a", 1).set("b", Json().push(1).push("two")).set("a", 2);
  CHECK(json.dump() == R"({"a":2,"b":[1,"two"]})");
  CHECK(json == Json::object({{"a", 2}, {"b", Json::array({1, "two"})}}));
  CHECK(json != Json::object({{"b", Json::array({1, "two"})}, {"a", 2}}));
}

TEST_CASE("json: writes nothing that is not JSON") {
  CHECK(Json(std::nan("")).dump() == "null");
  CHECK(Json(-std::numeric_limits<double>::infinity()).dump() == "null");
  CHECK(Json("a\xFF"
             "b")
            .dump() == "\"a\uFFFDb\"");
  CHECK(Json(std::string_view("\0\x1b", 2)).dump() == R"("\u0000\u001b")");
}

TEST_CASE("json: for people") {
  const Json json = Json::object(
      {{"a", Json::array({1, Json::object()})}, {"b", Json::object({{"c", Json::array()}})}});
  CHECK(json.dump_pretty() == R"({
  "a": [
    1,
    {}
  ],
  "b": {
    "c": []
  }
})");
  CHECK(Json(3).dump_pretty() == "3");
}

TEST_CASE("json: does not depend on the locale") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) {
    std::puts("SKIPPED: the locale de_DE.UTF-8 is not installed");
    return;
  }
  CHECK(outcome("[1.5,1234567,1e-7]") == "[1.5,1234567,1e-07]");
  CHECK(outcome("99999999999999999999") ==
        "refused: line 1, column 1: the integer is beyond 64 bits");
  std::setlocale(LC_ALL, before.c_str());
}

}  // namespace
}  // namespace temper
