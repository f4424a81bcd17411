#include "engine/dialect/schemas.h"

#include <doctest/doctest.h>

#include "engine/dialect/transcripts_for_tests.h"

namespace temper::engine {
namespace {

ArgumentTypes types_of(std::string_view schema) { return argument_types(*parse_json(schema)); }

TEST_CASE("schemas: which types an argument may have") {
  CHECK(types_of("{}") == ArgumentTypes{});
  CHECK(types_of("true") == ArgumentTypes{});
  CHECK(types_of(R"({"type": "string"})") == ArgumentTypes{.text = true});
  CHECK(types_of(R"({"type": "integer"})") == ArgumentTypes{.number = true});
  CHECK(types_of(R"({"type": ["string", "null"]})") == ArgumentTypes{.text = true, .null = true});
  CHECK(types_of(R"({"enum": ["a", "b"]})") == ArgumentTypes{.text = true});
  CHECK(types_of(R"({"const": 1})") == ArgumentTypes{.number = true});
  CHECK(types_of(R"({"anyOf": [{"type": "array"}, {"oneOf": [{"type": "boolean"}]}]})") ==
        ArgumentTypes{.boolean = true, .list = true});
}

TEST_CASE("schemas: what a written argument is, by its types") {
  struct Row {
    std::string_view schema;
    std::string_view written;
    std::string_view expected;
  };
  const Row rows[] = {
      {R"({"type": "string"})", "5", R"("5")"},
      {R"({"type": "string"})", " \"x\"\n", R"(" \"x\"\n")"},
      {R"({"type": "integer"})", "5", "5"},
      {R"({"type": "integer"})", " 5\n", "5"},
      {R"({"type": "integer"})", "five", R"("five")"},
      {R"({"type": "boolean"})", "True", "true"},
      {R"({"type": "object"})", R"({"a": [1,  2]})", R"({"a": [1,  2]})"},
      {R"({"type": "object"})", "{'a': 1}", R"("{'a': 1}")"},
      {R"({"type": "object"})", R"({"a": 1, "a": 2})", R"("{\"a\": 1, \"a\": 2}")"},
      {R"({"type": ["string", "null"]})", "null", "null"},
      {R"({"type": ["string", "null"]})", "12", R"("12")"},
      {R"({"type": ["string", "integer"]})", "12", "12"},
      {R"({"type": ["string", "integer"]})", "\"12\"", R"("\"12\"")"},
      {"{}", "17", "17"},
      {"{}", "two words", R"("two words")"},
      {"{}", "\"quoted\"", "\"quoted\""},
      {"{}",
       "\xEF\xBB\xBF"
       "5",
       "\"\xEF\xBB\xBF"
       "5\""},
      {"{}", "", R"("")"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.schema);
    CHECK(argument_json(types_of(row.schema), row.written) == row.expected);
  }
}

TEST_CASE("schemas: tools and their arguments") {
  const auto tools = tools_for_tests();
  const ToolSchemas schemas(tools);
  CHECK(schemas.knows("read_file"));
  CHECK(!schemas.knows("read"));
  CHECK(schemas.types("run_shell", "timeout_s") == ArgumentTypes{.number = true});
  CHECK(schemas.types("run_shell", "other") == ArgumentTypes{});
  CHECK(schemas.types("other", "path") == ArgumentTypes{});
  CHECK(schemas.has_argument("read_file", "path"));
  CHECK(!schemas.has_argument("git_status", "path"));
}

}  // namespace
}  // namespace temper::engine
