#include "base/toml.h"

#include <doctest/doctest.h>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper {
namespace {

std::string shown(const TomlValue& value);

std::string shown(const TomlTable& table) {
  std::vector<std::string> members;
  for (const TomlMember& member : table.members) {
    members.push_back(format("{}@{}={}", member.key, member.line, shown(member.value)));
  }
  return "{" + join(members, " ") + "}";
}

std::string shown(const TomlValue& value) {
  if (auto* boolean = value.boolean()) return *boolean ? "true" : "false";
  if (auto* integer = value.integer()) return format("{}", *integer);
  if (auto* number = value.number()) return format("{}", *number);
  if (auto* string = value.string()) return "'" + *string + "'";
  if (auto* time = value.time()) return time->text;
  if (auto* table = value.table()) return shown(*table);
  std::vector<std::string> items;
  for (const TomlValue& item : *value.items()) items.push_back(shown(item));
  return "[" + join(items, " ") + "]";
}

// The tree with the line behind each key, or why the text is refused.
std::string outcome(std::string_view text, const TomlLimits& limits = {}) {
  const Result<TomlTable> table = parse_toml(text, "t.toml", limits);
  return table ? shown(*table) : table.error().message;
}

TEST_CASE("toml: values and the lines of their keys") {
  CHECK(outcome("") == "{}");
  CHECK(outcome("b = true # why\na = -1_000\n\nc = 1.5\nd = \"x\\ty\"\ne = 'C:\\x'\n") ==
        "{b@1=true a@2=-1000 c@4=1.5 d@5='x\ty' e@6='C:\\x'}");
  CHECK(outcome("a = [1, \"x\", [true]]\nb = { c = 1, d = 2 }") ==
        "{a@1=[1 'x' [true]] b@2={c@2=1 d@2=2}}");
  CHECK(outcome("[log]\nlevel = \"info\"\n[net.proxy]\nurl = ''\n[[m]]\nx = 1\n[[m]]\nx = 2") ==
        "{log@1={level@2='info'} net@3={proxy@3={url@4=''}} m@5=[{x@6=1} {x@8=2}]}");
  CHECK(outcome("a.b.c = 1\na.b.\"d e\" = 2") == "{a@1={b@1={c@1=1 d e@2=2}}}");
  CHECK(outcome("a = \"\"\"\nx.y\n\"\"\"\nb = 2") == "{a@1='x.y\n' b@4=2}");
  CHECK(outcome("a = \"\"\"x\\\n  é\"\"\"") == "{a@1='xé'}");
  CHECK(outcome("a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = 07:32:00.5") ==
        "{a@1=1979-05-27T07:32:00Z b@2=1979-05-27 c@3=07:32:00.5}");
  CHECK(outcome("a = inf\nb = 0xff") == "{a@1=inf b@2=255}");
}

TEST_CASE("toml: errors say where and why") {
  const std::pair<std::string, std::string> rows[] = {
      {"a = ", "t.toml:1:5: cannot read the key-value pair: the text ends too early"},
      {"a = debug",
       "t.toml:1:5: cannot read the value: could not determine value type; text must stand in "
       "quotes"},
      {"\n a = info",
       "t.toml:2:9: cannot read the floating-point: expected value-terminator, saw 'o'; text must "
       "stand in quotes"},
      {"a = trace",
       "t.toml:1:7: cannot read the boolean: expected 'true', saw 'tra'; text must stand in "
       "quotes"},
      {"a = 1\na = 2",
       "t.toml:2:5: cannot read the key-value pair: cannot redefine existing integer 'a'"},
      {"[a", "t.toml:1:3: cannot read the table header: the text ends too early"},
      {"a = 1 é",
       "t.toml:1:7: cannot read the key-value pair: expected a comment or whitespace, saw 'é'"},
      {"é = 1",
       "t.toml:1:1: cannot read the root table: expected keys, tables, whitespace or comments, saw "
       "'é'"},
      {"[[[a",
       "t.toml:1:3: cannot read the key: expected bare key starting character or string "
       "delimiter, saw '['"},
      {"a 1", "t.toml:1:3: cannot read the key-value pair: expected '=', saw '1'"},
      {"a = \"x\ny\"",
       "t.toml:1:7: cannot read the string: line breaks and other control characters in it must be "
       "escaped"},
      {"a = 99999999999999999999",
       "t.toml:1:25: cannot read the decimal integer: '99999999999999999999' is not representable "
       "in 64 bits"},
      {"a = \"\xff\"", "t.toml:1:5: the text is not valid UTF-8"},
      {"a = 1 \x1b[31m",
       "t.toml:1:7: cannot read the key-value pair: expected a comment or whitespace, saw "
       "'\\u001B'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CHECK(outcome(row.first) == row.second);
  }
}

TEST_CASE("toml: limits") {
  CHECK(outcome("a = 1", {.max_bytes = 4}) == "t.toml has 5 B, more than the 4 B that are read");
  CHECK(outcome("a.b.c = 1", {.max_key_parts = 3}) == "{a@1={b@1={c@1=1}}}");
  const std::string refused = ": the key has more than 3 parts";
  const TomlLimits three{.max_key_parts = 3};
  CHECK(outcome("a.b.c.d = 1", three) == "t.toml:1:6" + refused);
  CHECK(outcome("x = 1\n[a . \"b.x\" . 'c' . d]", three) == "t.toml:2:18" + refused);
  CHECK(outcome("x = [\"\"\"\"y\"\"\"\"\", {a.b.c.d = 1}]", three) == "t.toml:1:24" + refused);
  CHECK(outcome("a = \"1.2.3.4.5\" # a.b.c.d.e\nb = '''\n1.2.3.4.5\n'''\nc = [1.5, 2.5, 3.5, 4.5]",
                three) == "{a@1='1.2.3.4.5' b@2='1.2.3.4.5\n' c@5=[1.5 2.5 3.5 4.5]}");

  std::string deep = "a";
  while (deep.size() < 500000) deep += ".a";
  CHECK(outcome(deep + " = 1") == "t.toml:1:64: the key has more than 32 parts");
  CHECK(outcome("[" + deep + "]") == "t.toml:1:65: the key has more than 32 parts");
  CHECK(outcome("a = " + std::string(100000, '[')) ==
        "t.toml:1:132: this is nested more than 128 deep");

  // Each part of a key is a table, also within inline tables.
  const TomlLimits four{.max_depth = 4};
  CHECK(outcome("a.b = {c.d = 1}", {.max_depth = 5}) == "{a@1={b@1={c@1={d@1=1}}}}");
  CHECK(outcome("a.b = {c.d = 1}", four) == "t.toml:1:12: this is nested more than 4 deep");
  CHECK(outcome("a = [[], [1, {b = 1}], {c = []}]\nd = [{e = [\n1]}]", {.max_depth = 5}) ==
        "{a@1=[[] [1 {b@1=1}] {c@1=[]}] d@2=[{e@2=[1]}]}");
  CHECK(outcome("a.b.c = 1\n[d]\ne.f.g.h = '[[[[['", four) ==
        "{a@1={b@1={c@1=1}} d@2={e@3={f@3={g@3={h@3='[[[[['}}}}}");
  std::string both;
  for (int level = 0; level < 255; ++level) both += deep.substr(0, 63) + "={";
  CHECK(outcome(both + std::string(255, '}')) == "t.toml:1:259: this is nested more than 128 deep");
}

TEST_CASE("toml: a written string reads back") {
  std::string all;
  for (char32_t point = 0; point < 0x3000; ++point) append_utf8(all, point);
  for (const std::string& text : {all, std::string(), std::string("\\u0041 \"\"\" \U0001F600")}) {
    const std::string written = toml_string(text);
    CHECK(printable(written, LineBreaks::Escape) == written);
    const Result<TomlTable> table = parse_toml("a = " + written, "t.toml");
    REQUIRE(table);
    CHECK(*table->find("a")->value.string() == text);
  }
  CHECK(toml_string("a\"\\\n\x01\x7f\xff") == "\"a\\\"\\\\\\n\\u0001\\u007F\uFFFD\"");
}

TEST_CASE("toml: members are found by name") {
  const Result<TomlTable> table = parse_toml("a = 1\nb = 'x'", "t.toml");
  REQUIRE(table);
  CHECK(*table->find("b")->value.string() == "x");
  CHECK(table->find("b")->value.kind_name() == "text");
  CHECK(table->find("c") == nullptr);
}

}  // namespace
}  // namespace temper
