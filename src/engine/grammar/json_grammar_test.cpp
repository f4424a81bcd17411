#include "engine/grammar/json_grammar.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "engine/grammar/matcher.h"
#include "support/test_tokens.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

const TestTokens& no_tokens() {
  static const TestTokens kTokens({"a"});
  return kTokens;
}

bool matches(const GrammarBuilder& builder, Part root, std::string_view text) {
  Result<Grammar> grammar = builder.build(root);
  if (!grammar) return false;
  Matcher matcher(std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)),
                                                 no_tokens().trie));
  return matcher.accept_bytes(text) && matcher.is_complete();
}

Json parsed(std::string_view text) {
  Result<Json> json = parse_json(text);
  REQUIRE_MESSAGE(json.ok(), text << (json ? "" : json.error().message));
  return *std::move(json);
}

// Why the schema is refused; empty where it is not.
std::string refusal(std::string_view schema) {
  const Json document = parsed(schema);
  GrammarBuilder builder;
  JsonGrammar json(builder, document);
  const Result<Part> part = json.value();
  if (!part) return part.error().message;
  const Result<Grammar> grammar = builder.build(*part);
  return grammar ? "" : grammar.error().message;
}

struct Row {
  std::string_view schema;
  std::vector<std::string_view> accepted;
  std::vector<std::string_view> refused;
};

void check(const std::vector<Row>& rows, const JsonStyle& style = {}) {
  for (const Row& row : rows) {
    const Json document = parsed(row.schema);
    GrammarBuilder builder;
    JsonGrammar json(builder, document, style);
    const Result<Part> part = json.value();
    REQUIRE_MESSAGE(part.ok(), row.schema << ": " << (part ? "" : part.error().message));
    for (const std::string_view text : row.accepted) {
      CHECK_MESSAGE(matches(builder, *part, text), row.schema << " should accept " << text);
    }
    for (const std::string_view text : row.refused) {
      CHECK_MESSAGE(!matches(builder, *part, text), row.schema << " should refuse " << text);
    }
  }
}

TEST_CASE("schema: objects have their properties in order, and nothing else") {
  check({
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"]})",
       {R"({"a": 1})", R"({"a": 1, "b": "x"})"},
       {"{}", R"({"b": "x"})", R"({"b": "x", "a": 1})", R"({"a":1})", R"({"a": 1,"b": "x"})",
        R"({"a": 1, "c": 2})", R"({"a": 1, })", R"({"a": 1)"}},
      {R"({"type":"object","properties":{"a":{},"b":{},"c":{}}})",
       {"{}", R"({"b": null})", R"({"a": 1, "c": [1, "x"]})", R"({"c": {"d": true}})"},
       {R"({"c": 1, "a": 1})", R"({"d": 1})"}},
      {R"({"type":"object","properties":{"a\"\n":{"const":1}},"required":["a\"\n"]})",
       {R"({"a\"\n": 1})"},
       {"{}"}},
      {R"({"type":"object"})",
       {"{}", R"({"x": 1, "y": {"z": []}})"},
       {R"({"x" : 1})", R"({x: 1})", R"({"x": 1,})"}},
      {R"({"type":"object","additionalProperties":{"type":"integer"}})",
       {"{}", R"({"x": 1, "y": 2})"},
       {R"({"x": "1"})"}},
      {R"({"properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}})",
       {"{}", R"({"a": null, "ab": 2})", R"({"b": 1})", R"({"": 1, "x\n": 2})"},
       {R"({"b": 1, "a": null})", R"({"a": 1})", R"({"b": null})"}},
      {R"({"type":"object","required":["x"]})", {R"({"x": [1]})"}, {"{}", R"({"y": 1})"}},
      {R"({"type":"object","properties":{"a":false,"b":true}})", {R"({"b": 1})"}, {R"({"a": 1})"}},
      {R"({"type":"object","properties":{},"additionalProperties":false})",
       {"{}"},
       {R"({"a": 1})"}},
  });
}

TEST_CASE("schema: arrays have as many items as they should, of the right kind") {
  check({
      {R"({"type":"array","items":{"type":"integer"}})",
       {"[]", "[1]", "[1, 2, 3]"},
       {"[1,2]", "[1, ]", "[,]", R"(["1"])", "[1", "1"}},
      {R"({"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":3})",
       {"[true, false]", "[true, true, true]"},
       {"[]", "[true]", "[true, true, true, true]"}},
      {R"({"type":"array","items":{"type":"boolean"},"minItems":1})",
       {"[true]", "[true, false, true]"},
       {"[]"}},
      {R"({"type":"array","items":{"type":"boolean"},"maxItems":1})",
       {"[]", "[true]"},
       {"[true, true]"}},
      {R"({"type":"array","maxItems":0})", {"[]"}, {"[1]"}},
      {R"({"prefixItems":[{"const":1},{"const":2}],"items":false})",
       {"[]", "[1]", "[1, 2]"},
       {"[2]", "[1, 2, 3]"}},
      {R"({"prefixItems":[{"const":1},{"const":2}],"items":{"const":3},"minItems":2})",
       {"[1, 2]", "[1, 2, 3]", "[1, 2, 3, 3]"},
       {"[]", "[1]", "[1, 2, 2]"}},
      {R"({"items":[{"const":1}],"additionalItems":{"const":2},"minItems":3,"maxItems":3})",
       {"[1, 2, 2]"},
       {"[1, 2]", "[1, 2, 2, 2]"}},
      {R"({"prefixItems":[{"const":1},{"const":2}],"maxItems":1})", {"[]", "[1]"}, {"[1, 2]"}},
  });
}

TEST_CASE("schema: strings have a length in characters, a pattern, a format") {
  check({
      {R"({"type":"string"})",
       {R"("")", R"("a\n\"\\\/\b\f\r\té")", R"("é€𝄞")", R"("\ud834\udD1e")"},
       {R"("a)", "\"\n\"", R"("\x")", R"("\ud834")", R"("\udd1e")", R"("\ud834\u0041")", "\"\xFF\"",
        "\"\xC3\"", "a", "'a'"}},
      {R"({"type":"string","minLength":2,"maxLength":3})",
       {R"("ab")", R"("é€𝄞")", R"("\n\u00e9\ud834\udd1e")"},
       {R"("a")", R"("abcd")", R"("€€€€")"}},
      {R"({"type":"string","minLength":2})", {R"("ab")", R"("abcdefgh")"}, {R"("")", R"("€")"}},
      {R"({"type":"string","pattern":"^[a-z]+$"})", {R"("abc")"}, {R"("")", R"("aB")", R"("ab ")"}},
      {R"({"type":"string","pattern":"^a.?\"$"})",
       {R"("a\"")", R"("ax\"")", R"("a\t\"")", R"("a\u0001\"")"},
       {R"("a\n\"")", R"("a\u0009\"")", R"("a\u000b"")"}},
      {R"({"type":"string","pattern":"b"})", {R"("b")", R"("abc\n")"}, {R"("ac")"}},
      {R"({"type":"string","pattern":"^[a-z]*$","minLength":2,"maxLength":3})",
       {R"("ab")", R"("abc")"},
       {R"("a")", R"("abcd")", R"("a1")"}},
      {R"({"type":"string","format":"date"})",
       {R"("2024-02-29")"},
       {R"("2024-13-01")", R"("2024-00-10")", R"("24-1-1")", R"("2024-01-32")"}},
      {R"({"type":"string","format":"date-time"})",
       {R"("2024-02-29T23:59:59Z")", R"("2024-02-29T00:00:00.123+05:30")"},
       {R"("2024-02-29")", R"("2024-02-29T24:00:00Z")", R"("2024-02-29T23:59:59")"}},
      {R"({"type":"string","format":"email"})", {R"("a.b@c-d.org")"}, {R"("a@b")", R"("a b@c.d")"}},
      {R"({"type":"string","format":"uuid"})",
       {R"("123e4567-e89b-12d3-a456-426614174000")"},
       {R"("123e4567e89b12d3a456426614174000")"}},
      {R"({"type":"string","format":"ipv4"})",
       {R"("0.0.0.0")", R"("255.199.9.10")"},
       {R"("256.1.1.1")", R"("1.1.1")", R"("01.1.1.1")"}},
      {R"({"type":"string","format":"uri"})",
       {R"("https://a.b/c?d=e#f")", R"("mailto:x@y")"},
       {R"("//a")", R"("http://a b")"}},
      {R"({"type":"string","format":"of our own"})", {R"("anything")"}, {}},
  });
}

TEST_CASE("schema: numbers are within their bounds") {
  check({
      {R"({"type":"integer"})",
       {"0", "7", "-12", "9223372036854775807", "-9223372036854775808"},
       {"-0", "01", "1.0", "1e3", "+1", "9223372036854775808", "-9223372036854775809", "-", ""}},
      {R"({"type":"integer","minimum":5,"maximum":120})",
       {"5", "9", "10", "99", "100", "119", "120"},
       {"4", "0", "-5", "121", "130", "200", "1000", "05"}},
      {R"({"type":"integer","exclusiveMinimum":-20,"exclusiveMaximum":3})",
       {"-19", "-1", "0", "2"},
       {"-20", "-21", "-100", "3", "10", "-0"}},
      {R"({"type":"integer","minimum":-1000,"maximum":-77})",
       {"-77", "-78", "-100", "-1000"},
       {"-76", "-7", "0", "77", "-1001"}},
      {R"({"type":"integer","minimum":0.5,"maximum":2.5})", {"1", "2"}, {"0", "3"}},
      {R"({"type":"integer","minimum":3,"multipleOf":7})", {"7", "21", "70000"}, {"0", "3", "8"}},
      {R"({"type":"integer","minimum":3,"exclusiveMinimum":true})", {"4"}, {"3"}},
      {R"({"type":"number"})",
       {"0", "-1.5", "10", "0.25", "1e5", "1.5E-3", "2e+10"},
       {"-0", "-0.0", ".5", "1.", "01", "1e", "1e123", "NaN", "--1"}},
      {R"({"type":"number","minimum":0,"maximum":1})",
       {"0", "1", "0.5", "1.0", "0.000001", "0.0"},
       {"-0.1", "1.1", "2", "1.000001", "10", "1e0"}},
      {R"({"type":"number","exclusiveMinimum":0})",
       {"0.1", "3", "1e-9"},
       {"0", "0.0", "-1", "0e5"}},
      {R"({"type":"number","minimum":-12.5,"exclusiveMaximum":-0.25})",
       {"-12.5", "-12.50", "-0.251", "-1", "-12.49"},
       {"-12.51", "-13", "-0.25", "-0.250", "-0.2", "0", "1"}},
      {R"({"type":"number","multipleOf":0.01})", {"1", "1.5", "-3.25"}, {"1.255", "1e2"}},
      {R"({"type":"number","multipleOf":5})", {"10", "-5"}, {"1", "5.0"}},
      {R"({"minimum":2.5})", {"2.5", "3", "100"}, {"2.4", "0", "-3"}},
  });
}

TEST_CASE("schema: values, types and their combinations") {
  check({
      {R"({"enum":["a","ab",1,12,null,{"x":[1,2]}]})",
       {R"("a")", R"("ab")", "1", "12", "null", R"({"x": [1, 2]})"},
       {R"("abc")", R"("")", "2", R"({"x":[1,2]})"}},
      {R"({"type":"string","enum":["a",1]})", {R"("a")"}, {"1"}},
      {R"({"const":"x\ty"})", {R"("x\ty")"}, {R"("x")"}},
      {R"({"type":["integer","null"]})", {"1", "null"}, {R"("1")", "true"}},
      {R"({"type":"boolean","nullable":true})", {"true", "false", "null"}, {"0"}},
      {R"({"anyOf":[{"type":"integer"},{"type":"string","maxLength":1}]})",
       {"1", R"("a")"},
       {R"("ab")", "null"}},
      {R"({"type":"object","properties":{"a":{"const":1},"b":{"const":2}},"oneOf":[{"required":["a"]},{"required":["b"]}]})",
       {R"({"a": 1})", R"({"b": 2})", R"({"a": 1, "b": 2})"},
       {"{}"}},
      {R"({"allOf":[{"type":"integer","minimum":3},{"maximum":5,"minimum":1}]})",
       {"3", "5"},
       {"2", "6"}},
      {R"({"allOf":[{"properties":{"a":{"type":"number"}},"required":["a"]},{"properties":{"a":{"minimum":2},"b":{"const":1}}}]})",
       {R"({"a": 2})", R"({"a": 3.5, "b": 1})"},
       {R"({"a": 1})", "{}"}},
      {R"({"allOf":[{"properties":{"a":{"const":1}},"additionalProperties":false},{"properties":{"b":{"const":1}}}]})",
       {R"({"a": 1})", "{}"},
       {R"({"a": 1, "b": 1})"}},
      {R"({})", {"1", R"("x")", "[1, {}]", R"({"a": null})", "true"}, {"[1,2]", "x"}},
      {R"({"$defs":{"n":{"type":"integer"}},"type":"array","items":{"$ref":"#/$defs/n"}})",
       {"[1, 2]"},
       {"[null]"}},
      {R"({"definitions":{"t":{"type":"object","properties":{"v":{"type":"integer"},"next":{"$ref":"#/definitions/t"}},"required":["v"]}},"$ref":"#/definitions/t"})",
       {R"({"v": 1})", R"({"v": 1, "next": {"v": 2, "next": {"v": 3}}})"},
       {R"({"next": {"v": 1}})"}},
      {R"({"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#"}}}})",
       {R"({"kids": [{}, {"kids": []}]})"},
       {R"({"kids": [1]})"}},
      {R"({"$defs":{"a/b":{"const":1}},"$ref":"#/$defs/a~1b"})", {"1"}, {"2"}},
      {R"({"$defs":{"s":{"type":"string"}},"$ref":"#/$defs/s","maxLength":1})",
       {R"("a")"},
       {R"("ab")"}},
  });
}

TEST_CASE("schema: the compact style") {
  check({{R"({"properties":{"a":{"type":"array","items":{"type":"integer"}},"b":{}}})",
          {R"({"a":[1,2],"b":{"c":[]}})"},
          {R"({"a": [1,2]})", R"({"a":[1, 2]})", R"({"a":[1], "b":1})"}}},
        JsonStyle::compact());
}

TEST_CASE("schema: as a text of its own") {
  constexpr std::string_view kEnd = "\n</p>";
  const std::vector<Row> rows{
      {R"({"type":"string"})", {"a\n\"<b>\n</p>", "\n</p>", "\n\n</p>"}, {"a", "a\n</p>\n</p>"}},
      {R"({"enum":["a b","c\n",3]})", {"a b\n</p>", "c\n\n</p>", "3\n</p>"}, {"\"a b\"\n</p>"}},
      {R"({"type":"string","pattern":"^.\n*$","maxLength":3})",
       {"a\n</p>", "a\n\n\n</p>"},
       {"ab\n</p>", "a\n\n\n\n</p>"}},
      {R"({"type":"integer","minimum":3})", {"3\n</p>"}, {"2\n</p>", "3"}},
      {R"({"type":["string","null"]})", {"null\n</p>", "x\n</p>"}, {}},
      {R"({"type":"object","properties":{"a":{"type":"string"}}})",
       {"{\"a\": \"x\"}\n</p>"},
       {"{\"a\": x}\n</p>"}},
      {R"({"$defs":{"s":{"type":"string"}},"$ref":"#/$defs/s"})", {"x\n</p>"}, {}},
  };
  for (const Row& row : rows) {
    const Json document = parsed(row.schema);
    GrammarBuilder builder;
    JsonGrammar json(builder, document);
    const Result<Part> part = json.text_of(document, kEnd);
    REQUIRE_MESSAGE(part.ok(), row.schema);
    for (const auto text : row.accepted) CHECK_MESSAGE(matches(builder, *part, text), text);
    for (const auto text : row.refused) CHECK_MESSAGE(!matches(builder, *part, text), text);
  }
}

TEST_CASE("schema: strings between control tokens, keys as they are") {
  const Json document = parsed(
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"enum":["x",1]}},"required":["a"]})");
  GrammarBuilder builder;
  const TestTokens tokens = TestTokens::bytes_and({""});
  JsonGrammar json(
      builder, document,
      {.item_separator = ",", .key_separator = ":", .quote = 256, .has_bare_keys = true});
  const Result<Part> part = json.value();
  REQUIRE(part.ok());
  Result<Grammar> grammar = builder.build(*part);
  REQUIRE(grammar.ok());
  Matcher matcher(
      std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)), tokens.trie));
  CHECK(matcher.forced() == Forced{"{a:", 256});
  CHECK((matcher.accept_bytes("{a:") && matcher.accept(256) && matcher.accept_bytes("q\"\n\\")));
  CHECK((matcher.accept(256) && matcher.accept_bytes(",b:") && matcher.accept(256)));
  CHECK(matcher.forced() == Forced{"x", 256});
  CHECK((matcher.accept_bytes("x") && matcher.accept(256) && matcher.accept_bytes("}")));
  CHECK(matcher.is_over());
}

TEST_CASE("schema: an object's properties, for who writes them another way") {
  const Json document = parsed(
      R"({"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{}}}]})");
  GrammarBuilder builder;
  JsonGrammar json(builder, document);
  const auto properties = json.properties();
  REQUIRE(properties.ok());
  std::string shown;
  for (const SchemaProperty& one : *properties) {
    shown += one.name + (one.is_required ? "! " : " ") + one.schema->dump() + "\n";
  }
  CHECK(shown == "a! {\"type\":\"string\"}\nb {}\n");
}

TEST_CASE("schema: what cannot be kept is refused with its place") {
  const std::array<std::array<std::string_view, 2>, 15> rows{{
      {R"({"properties":{"a":{"not":{"type":"string"}}}})",
       "#/properties/a: `not` is not supported"},
      {R"({"type":"array","items":{"type":"array","uniqueItems":true}})",
       "#/items: `uniqueItems` is not supported"},
      {R"x({"type":"string","pattern":"(?=a)"})x",
       "#: in the pattern, at byte 4: what looks ahead or behind is not supported"},
      {R"({"type":"string","pattern":"["})", "#: in the pattern, at byte 2: a ] is missing"},
      {R"({"$ref":"other.json"})", "#: only a `$ref` like \"#/$defs/name\" is supported"},
      {R"({"$ref":"#/$defs/x"})", "#: there is nothing where `$ref` points to"},
      {R"({"type":"strange"})", "#: there is no such `type`"},
      {R"({"type":"object","patternProperties":{}})", "#: `patternProperties` is not supported"},
      {R"({"type":"object","minProperties":1})", "#: `minProperties` is not supported"},
      {R"({"anyOf":{}})", "#: `anyOf` must be a list"},
      {R"({"enum":["a"],"minLength":3})",
       "#: `minLength` beside `enum` or `const` is not supported"},
      {R"({"allOf":[{"pattern":"a"},{"pattern":"b"}]})",
       "#: two different `pattern` cannot be put together"},
      {R"({"type":"number","multipleOf":0.3})",
       "#: `multipleOf` is only supported for integers and for 0.1, 0.01 and so on"},
      {"3", "#: a schema must be an object, true or false"},
      {R"({"properties":{"x":{"type":"integer","minimum":"3"}}})",
       "#/properties/x: `minimum` must be a number"},
  }};
  for (const auto& [schema, message] : rows) CHECK(refusal(schema) == message);
  for (const std::string_view impossible :
       {R"({"type":"integer","minimum":3,"maximum":2})", R"({"enum":[]})", "false",
        R"({"type":"string","minLength":3,"maxLength":2})", R"({"$ref":"#"})",
        R"({"allOf":[{"const":1},{"const":2}]})", R"({"properties":{"a":false},"required":["a"]})",
        R"({"properties":{"a":{"$ref":"#"}},"required":["a"]})"}) {
    CHECK_MESSAGE(refusal(impossible).starts_with("no text matches"), impossible);
  }
}

TEST_CASE("schema: what would take too long or too much is refused") {
  Json deep = Json::object({{"type", "integer"}});
  for (int i = 0; i < 10'000; ++i) {
    Json::Array only;
    only.push_back(std::move(deep));
    deep = Json();
    deep.set("anyOf", Json(std::move(only)));
  }
  {
    GrammarBuilder builder;
    JsonGrammar json(builder, deep);
    const Result<Part> part = json.value();
    REQUIRE(!part.ok());
    CHECK(part.error().code == Code::Limit);
  }
  // From the outside in, so that destroying it does not recurse either.
  while (deep.find("anyOf") != nullptr) {
    Json inner = std::move(deep.members()->front().second.items()->front());
    deep = std::move(inner);
  }
  std::string doubling = R"({"$defs":{"d0":{"type":"integer","minimum":0})";
  for (int i = 1; i < 40; ++i) {
    const std::string below = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + R"(","maximum":)" +
                              std::to_string(i) + "}";
    doubling += ",\"d" + std::to_string(i) + R"(":{"anyOf":[)" + below + "," + below + "]}";
  }
  doubling += R"(},"$ref":"#/$defs/d39","title":"x","minimum":1})";
  CHECK(refusal(doubling).find(" too ") != std::string::npos);
}

}  // namespace
}  // namespace temper::engine
