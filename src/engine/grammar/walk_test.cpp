// Grammars of schemas against a validator that knows nothing of grammars: what tokens lead to
// is valid, and what is valid can be written.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "engine/grammar/json_grammar.h"
#include "engine/grammar/matcher.h"
#include "support/random_walk.h"
#include "support/schema_validator.h"
#include "support/test_tokens.h"

namespace temper::engine {
namespace {

using testing::SchemaValidator;

const TestTokens& tokens() {
  static const TestTokens kTokens = TestTokens::bytes_and(
      {"{\"",   "\": ", "\": \"",   "\", \"", "\"}",     "}, {",  "[]",    "[{\"", ", ",
       "\"]",   "true", "false",    "null",   "the",     " the",  "ing",   "name", "path",
       "src/",  "\\n",  "\\\"",     "\\u00",  "\\\\",    "12",    "2024-", "0.5",  "é",
       "漢",    "漢字", "\xF0\x9F", "  ",     "    ",    "):\n",  "//",    "</",   "://",
       "@",     "type", "value",    "\", ",   "false}",  "null,", "]}",    "}}",   "\": [",
       "\": {", "1,",   "-1",       "e+",     "\xE6\xBC"});
  return kTokens;
}

bool matches_pattern(const std::string& pattern, const std::string& text) {
  return std::regex_search(text, std::regex(pattern, std::regex::ECMAScript));
}

struct Tool {
  Json schema;
  Json examples;
  std::string name;
};

std::vector<Tool> read_tools() {
  std::vector<Tool> tools;
  const std::string folder = std::string(TEMPER_SOURCE_DIR) + "/tests/fixtures/schemas";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Result<std::string> text = read_file(entry.path().string(), 1 << 20);
    REQUIRE(text.ok());
    const Result<Json> json = parse_json(*text);
    REQUIRE(json.ok());
    tools.push_back({*json->find("parameters"), *json->find("examples"), *json->string_at("name")});
  }
  std::sort(tools.begin(), tools.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  REQUIRE(tools.size() == 20);
  return tools;
}

Matcher matcher_of(const Json& schema) {
  GrammarBuilder builder;
  JsonGrammar json(builder, schema);
  const Result<GrammarBuilder::Part> part = json.value();
  REQUIRE_MESSAGE(part.ok(), schema.dump() << (part ? "" : part.error().message));
  Result<Grammar> grammar = builder.build(*part);
  REQUIRE_MESSAGE(grammar.ok(), (grammar ? "" : grammar.error().message));
  return Matcher(std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)),
                                                tokens().trie));
}

bool accepts(Matcher matcher, std::string_view text) {
  return matcher.accept_bytes(text) && matcher.is_complete();
}

// The same in tokens, the longest first.
bool accepts_tokens(Matcher matcher, std::string_view text) {
  while (!text.empty()) {
    TokenId best = static_cast<unsigned char>(text[0]);
    for (std::size_t id = 256; id < tokens().pieces.size(); ++id) {
      const std::string& piece = tokens().pieces[id];
      if (text.starts_with(piece) && piece.size() > tokens().trie->piece(best).size()) {
        best = static_cast<TokenId>(id);
      }
    }
    if (!matcher.accept(best)) return false;
    text.remove_prefix(tokens().trie->piece(best).size());
  }
  return matcher.is_complete();
}

// Two members of one name: free names cannot be kept apart, see json_grammar.h.
bool has_twins(const Result<Json>& json) {
  return !json && json.error().message.find("stands twice") != std::string::npos;
}

// Numbers are written with few digits, and with exponents in some places only.
bool has_long_number(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = std::min(text.find_first_of("0123456789", i), text.size());
    i = std::min(text.find_first_not_of("0123456789.", start), text.size());
    if (i - start > 15 || (i < text.size() && i > start && (text[i] | 0x20) == 'e')) return true;
  }
  return false;
}

void check_mutations(const Matcher& matcher, const SchemaValidator& validator,
                     const std::string& text, Random& random, int count) {
  constexpr std::string_view kBytes = "\"{}[]:, 0123456789.-axTZ\n\xC3\xA9";
  for (int i = 0; i < count; ++i) {
    std::string changed = text;
    const std::size_t at = random.below(changed.size());
    const char byte = kBytes[random.below(kBytes.size())];
    switch (random.below(4)) {
      case 0: changed[at] = byte; break;
      case 1: changed.insert(at, 1, byte); break;
      case 2: changed.erase(at, 1 + random.below(3)); break;
      default: changed.insert(at, text.substr(at, 1 + random.below(4))); break;
    }
    // Spellings that only some strings allow are not for the validator to know.
    if (changed.find("\\u") != changed.npos || changed.find("\\/") != changed.npos) continue;
    if (has_long_number(changed)) continue;
    const Result<Json> json = parse_json(changed);
    const bool is_valid = json && validator.accepts(*json) && testing::is_in_style(changed);
    const bool is_accepted = accepts(matcher, changed);
    if (is_accepted && has_twins(json)) continue;
    CHECK_MESSAGE(is_accepted == is_valid, changed);
    CHECK_MESSAGE(accepts_tokens(matcher, changed) == is_accepted, changed);
  }
}

TEST_CASE("tools: their usual calls can be written, and nothing near them that is wrong") {
  Random random(7);
  for (const Tool& tool : read_tools()) {
    const Matcher matcher = matcher_of(tool.schema);
    const SchemaValidator validator(tool.schema, matches_pattern);
    for (const Json& example : *tool.examples.items()) {
      const std::string text = testing::written_in_style(example);
      CHECK_MESSAGE(validator.accepts(example), tool.name << text);
      CHECK_MESSAGE(accepts(matcher, text), tool.name << text);
      CHECK_MESSAGE(accepts_tokens(matcher, text), tool.name << text);
      check_mutations(matcher, validator, text, random, 150);
    }
  }
}

TEST_CASE("tools: whatever tokens are taken, a valid call comes of it") {
  Random random(11);
  for (const Tool& tool : read_tools()) {
    const Matcher matcher = matcher_of(tool.schema);
    const SchemaValidator validator(tool.schema, matches_pattern);
    for (int walk = 0; walk < 15; ++walk) {
      const auto text = testing::random_text(matcher, *tokens().trie, random, random.below(120));
      CHECK_MESSAGE(text.has_value(), tool.name);
      if (!text) continue;
      const Result<Json> json = parse_json(*text);
      if (has_twins(json)) continue;
      CHECK_MESSAGE(json.ok(), *text);
      if (!json) continue;
      CHECK_MESSAGE(validator.accepts(*json), tool.name << ": " << *text);
      CHECK_MESSAGE(testing::is_in_style(*text), *text);
      check_mutations(matcher, validator, *text, random, 5);
    }
  }
}

// A schema of few words, by chance.
Json random_schema(Random& random, int depth) {
  const auto number = [&] { return static_cast<std::int64_t>(random.below(41)) - 20; };
  Json schema = Json::object();
  switch (random.below(depth > 0 ? 11 : 6)) {
    case 0:
      schema.set("type", "integer");
      if (random.below(2) == 0) schema.set("minimum", number());
      if (random.below(2) == 0) schema.set("maximum", number() + 20);
      if (random.below(3) == 0) schema.set("multipleOf", 1 + random.below(7));
      return schema;
    case 1:
      schema.set("type", "number");
      if (random.below(2) == 0) schema.set("minimum", static_cast<double>(number()) / 8);
      if (random.below(2) == 0) {
        schema.set("exclusiveMaximum", 3 + static_cast<double>(number()) / 10);
      }
      return schema;
    case 2:
      schema.set("type", "string");
      if (random.below(2) == 0) schema.set("minLength", random.below(3));
      if (random.below(2) == 0) schema.set("maxLength", 2 + random.below(4));
      if (random.below(3) == 0) schema.set("pattern", "^[a-c]+x?$");
      return schema;
    case 3: return Json::object({{"enum", Json::array({"a", "ab", 1, 12, -1, true, nullptr})}});
    case 4: return Json::object({{"type", Json::array({"boolean", "null", "integer"})}});
    case 5: return Json::object({{"const", Json::array({1, "x", Json::object({{"k", "é"}})})}});
    case 6:
    case 7: {
      schema.set("type", "array");
      schema.set("items", random_schema(random, depth - 1));
      if (random.below(2) == 0) schema.set("minItems", random.below(3));
      if (random.below(2) == 0) schema.set("maxItems", 2 + random.below(3));
      if (random.below(3) == 0) {
        schema.set("prefixItems", Json::array({random_schema(random, depth - 1),
                                               random_schema(random, depth - 1)}));
      }
      return schema;
    }
    case 8:
      return Json::object({{"anyOf", Json::array({random_schema(random, depth - 1),
                                                  random_schema(random, depth - 1)})}});
    default: {
      schema.set("type", "object");
      Json properties = Json::object();
      Json required = Json::array();
      for (const char* name : {"a", "b", "ab", "c"}) {
        if (random.below(3) == 0) continue;
        properties.set(name, random_schema(random, depth - 1));
        if (random.below(2) == 0) required.push(name);
      }
      schema.set("properties", properties).set("required", required);
      if (random.below(4) == 0) schema.set("additionalProperties", random_schema(random, 0));
      return schema;
    }
  }
}

TEST_CASE("schemas by chance: a text is accepted exactly if it is valid") {
  Random random(3);
  for (int round = 0; round < 250; ++round) {
    const Json schema = random_schema(random, 3);
    GrammarBuilder builder;
    JsonGrammar json(builder, schema);
    const auto part = json.value();
    REQUIRE_MESSAGE(part.ok(), schema.dump() << (part ? "" : part.error().message));
    if (!builder.build(*part)) continue;  // no value is possible
    INFO(schema.dump());
    const Matcher matcher = matcher_of(schema);
    const SchemaValidator validator(schema, matches_pattern);
    for (int walk = 0; walk < 3; ++walk) {
      const auto text = testing::random_text(matcher, *tokens().trie, random, random.below(25));
      CHECK(text.has_value());
      if (!text) continue;
      const Result<Json> value = parse_json(*text);
      if (has_twins(value)) continue;
      CHECK_MESSAGE(value.ok(), *text);
      if (value) CHECK_MESSAGE(validator.accepts(*value), *text);
      check_mutations(matcher, validator, *text, random, 12);
    }
  }
}

}  // namespace
}  // namespace temper::engine
