// Filters and tests.
// What jinja2 3.1.6 says of each, with the settings of transformers; recorded, not
// worked out by hand.
#include <doctest/doctest.h>

#include <span>

#include "engine/template/outcome_for_tests.h"

namespace temper::engine {
namespace {

struct Row {
  std::string_view expression;
  std::string_view text;
};

void check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    INFO(row.expression);
    CHECK(outcome("{{ " + std::string(row.expression) + " }}") == row.text);
  }
}

TEST_CASE("filters: texts") {
  const Row rows[] = {
      {"s|upper", "HELLO, WORLD"},
      {"s|lower", "hello, world"},
      {"s|title", "Hello, World"},
      {"s|capitalize", "Hello, world"},
      {R"("hello wORLD-foo (bar) [baz] {x} <y> it's"|title)",
       "Hello World-Foo (Bar) [Baz] {X} <Y> It's"},
      {R"("hello wORLD-foo (bar) it's 3rd"|title)", "Hello World-Foo (Bar) It's 3rd"},
      {R"("hello wORLD it's 3rd a1b".title())", "Hello World It'S 3Rd A1B"},
      {"u|upper", "GRÜSSE Ñ SS Ω Й"},
      {"u|lower", "grüße ñ ß ω й"},
      {"u.swapcase()", "gRÜSSE Ñ SS ω Й"},
      {"s|length", "12"},
      {"u|length", "13"},
      {"l|length", "3"},
      {"d|length", "3"},
      {"s|first", "H"},
      {"s|last", "d"},
      {"l|first", "3"},
      {"l|last", "2"},
      {"[]|first", ""},
      {"[]|last", ""},
      {"d|first", "b"},
      {"d|last", "C"},
      {"s|reverse", "dlroW ,olleH"},
      {"l|reverse|list", "[2, 1, 3]"},
      {"d|list", "['b', 'a', 'C']"},
      {"s|list", "['H', 'e', 'l', 'l', 'o', ',', ' ', 'W', 'o', 'r', 'l', 'd']"},
      {R"(s|replace("l","L"))", "HeLLo, WorLd"},
      {R"(s|replace("l","L",1))", "HeLlo, World"},
      {R"(s.replace("","-"))", "-H-e-l-l-o-,- -W-o-r-l-d-"},
      {R"("aaa".replace("a","b",2))", "bba"},
      {"s|replace(1,2)", "Hello, World"},
      {"i|replace(7,8)", "8"},
      {"s|trim", "Hello, World"},
      {"ws|trim", "pad"},
      {R"(ws|trim ~ "|")", "pad|"},
      {R"("xxhixx"|trim("x"))", "hi"},
      {R"(ws.strip() ~ "|")", "pad|"},
      {R"(ws.lstrip() ~ "|")", "pad\n |"},
      {R"(ws.rstrip() ~ "|")", "  \t pad|"},
      {R"("xyhixy".strip("yx"))", "hi"},
      {R"("xyhixy".lstrip("yx"))", "hixy"},
      {R"("xyhixy".rstrip("yx"))", "xyhi"},
      {"n|trim", "None"},
      {"i|trim", "7"},
  };
  check(rows);
}

TEST_CASE("filters: lists") {
  const Row rows[] = {
      {R"(l|join(","))", "3,1,2"},
      {"l|join", "312"},
      {R"(mixed|join("|"))", "a|1|None|True|2.0|{'k': 'v'}|[1]"},
      {R"(m|join(",", attribute="role"))", "user,assistant,user"},
      {R"("abc"|join("-"))", "a-b-c"},
      {R"(d|join(","))", "b,a,C"},
      {"l|sort", "[1, 2, 3]"},
      {"l|sort(reverse=true)", "[3, 2, 1]"},
      {R"(["b","A","c"]|sort)", "['A', 'b', 'c']"},
      {R"(["b","A","c"]|sort(case_sensitive=true))", "['A', 'b', 'c']"},
      {R"(m|sort(attribute="role")|map(attribute="role")|list)", "['assistant', 'user', 'user']"},
      {R"([{"a":{"b":2}},{"a":{"b":1}}]|sort(attribute="a.b"))",
       "[{'a': {'b': 1}}, {'a': {'b': 2}}]"},
      {R"([{"a":1,"b":2},{"a":1,"b":1}]|sort(attribute="a,b"))",
       "[{'a': 1, 'b': 1}, {'a': 1, 'b': 2}]"},
      {"d|dictsort", "[('a', 2), ('b', 1), ('C', 3)]"},
      {"d|dictsort(true)", "[('C', 3), ('a', 2), ('b', 1)]"},
      {R"(d|dictsort(by="value"))", "[('b', 1), ('a', 2), ('C', 3)]"},
      {"d|dictsort(reverse=true)", "[('C', 3), ('b', 1), ('a', 2)]"},
      {R"(d|dictsort(false,"value",true))", "[('C', 3), ('a', 2), ('b', 1)]"},
      {"d|items|list", "[('b', 1), ('a', 2), ('C', 3)]"},
      {"undefined_thing|items|list", "[]"},
      {R"([1,2,1,"a","A"]|unique|list)", "[1, 2, 'a']"},
      {R"(["a","A"]|unique(case_sensitive=true)|list)", "['a', 'A']"},
      {"l|min", "1"},
      {"l|max", "3"},
      {R"(["b","A"]|min)", "A"},
      {"[]|min", ""},
      {R"(m|max(attribute="role"))", "{'role': 'user', 'content': 'hi'}"},
      {"l|sum", "6"},
      {"[1.5,2]|sum", "3.5"},
      {"[[1],[2]]|sum(start=[])", "[1, 2]"},
      {R"(l|map("string")|list)", "['3', '1', '2']"},
      {R"(l|map("default", 5)|list)", "[3, 1, 2]"},
      {R"(m|map(attribute="role")|list)", "['user', 'assistant', 'user']"},
      {R"(m|map(attribute="x", default=0)|list)", "[0, 0, 1]"},
      {R"(m|map(attribute="x")|list)", "[Undefined, Undefined, 1]"},
      {R"(["a","b"]|map("upper")|join)", "AB"},
      {R"(["a","b"]|map("replace","a","z")|join)", "zb"},
      {R"([[1,2],[3]]|map("length")|list)", "[2, 1]"},
      {R"([[1,2],[3]]|map("first")|list)", "[1, 3]"},
      {"[[1,2],[3]]|map(attribute=0)|list", "[1, 3]"},
      {R"(m|map("tojson")|join("\n"))",
       "{\"role\": \"user\", \"content\": \"hi\"}\n{\"role\": \"assistant\", \"content\": "
       "null}\n{\"role\": \"user\", \"content\": \"yo\", \"x\": 1}"},
      {R"(m|selectattr("role","equalto","user")|list)",
       "[{'role': 'user', 'content': 'hi'}, {'role': 'user', 'content': 'yo', 'x': 1}]"},
      {R"(m|selectattr("content")|list|length)", "2"},
      {R"(m|rejectattr("role","==","user")|list)", "[{'role': 'assistant', 'content': None}]"},
      {R"(m|selectattr("x","defined")|list)", "[{'role': 'user', 'content': 'yo', 'x': 1}]"},
      {R"(m|selectattr("role","in",["user"])|list|length)", "2"},
      {R"(l|select("odd")|list)", "[3, 1]"},
      {R"(l|select(">",1)|list)", "[3, 2]"},
      {"l|select|list", "[3, 1, 2]"},
      {R"([0,1,"",none,"a"]|select|list)", "[1, 'a']"},
      {R"([0,1,"",none,"a"]|reject|list)", "[0, '', None]"},
      {R"(l|reject("equalto",2)|list)", "[3, 1]"},
      {"n|select|list", "[]"},
      {"[1,2,3,4,5]|batch(2)|list", "[[1, 2], [3, 4], [5]]"},
      {"[1,2,3,4,5]|batch(2,0)|list", "[[1, 2], [3, 4], [5, 0]]"},
      {"[1,2,3,4,5]|slice(3)|list", "[[1, 2], [3, 4], [5]]"},
      {R"([1,2,3,4,5]|slice(3,"x")|list)", "[[1, 2], [3, 4], [5, 'x']]"},
      {R"(m|groupby("role")|list)",
       "[('assistant', [{'role': 'assistant', 'content': None}]), ('user', [{'role': 'user', "
       "'content': 'hi'}, {'role': 'user', 'content': 'yo', 'x': 1}])]"},
  };
  check(rows);
}

TEST_CASE("filters: numbers") {
  const Row rows[] = {
      {R"("5"|int)", "5"},
      {R"("5.7"|int)", "5"},
      {R"("abc"|int)", "0"},
      {R"("abc"|int(9))", "9"},
      {R"("0x1f"|int(0,16))", "31"},
      {R"("1f"|int(base=16))", "31"},
      {R"(" 42 "|int)", "42"},
      {R"("1_000"|int)", "1000"},
      {"none|int", "0"},
      {"none|int(5)", "5"},
      {"5.9|int", "5"},
      {"-5.9|int", "-5"},
      {"true|int", "1"},
      {R"("1e3"|int)", "1000"},
      {R"("1e3"|float)", "1000.0"},
      {R"("abc"|float)", "0.0"},
      {R"("inf"|float)", "inf"},
      {"none|float", "0.0"},
      {"5|float", "5.0"},
      {"3.7|round", "4.0"},
      {"3.5|round", "4.0"},
      {"2.5|round", "2.0"},
      {"-2.5|round", "-2.0"},
      {"42.556|round(2)", "42.56"},
      {R"(42.556|round(1,"floor"))", "42.5"},
      {R"(42.551|round(1,"ceil"))", "42.6"},
      {"42|round", "42"},
      {"1234|round(-2)", "1200"},
      {"1250|round(-2)", "1200"},
      {"-3|abs", "3"},
      {"-3.5|abs", "3.5"},
      {"true|abs", "1"},
      {"s|string", "Hello, World"},
      {"i|string", "7"},
      {"n|string", "None"},
      {"t|string", "True"},
      {"l|string", "[3, 1, 2]"},
  };
  check(rows);
}

TEST_CASE("filters: JSON and the rest") {
  const Row rows[] = {
      {"d|tojson", R"({"b": 1, "a": 2, "C": 3})"},
      {"d|tojson(indent=2)", "{\n  \"b\": 1,\n  \"a\": 2,\n  \"C\": 3\n}"},
      {"mixed|tojson", R"(["a", 1, null, true, 2.0, {"k": "v"}, [1]])"},
      {"mixed|tojson(indent=4)",
       "[\n    \"a\",\n    1,\n    null,\n    true,\n    2.0,\n    {\n        \"k\": \"v\"\n    "
       "},\n    [\n        1\n    ]\n]"},
      {"u|tojson", R"("Grüße ñ ß Ω й")"},
      {"u|tojson(ensure_ascii=true)", R"("Gr\u00fc\u00dfe \u00f1 \u00df \u03a9 \u0439")"},
      {R"("😀"|tojson(ensure_ascii=true))", R"("\ud83d\ude00")"},
      {R"("\u2028\x7f\x00<>&'"|tojson)", "\"\u2028\177\\u0000<>&'\""},
      {R"(d|tojson(separators=(",",":")))", R"({"b":1,"a":2,"C":3})"},
      {"d|tojson(sort_keys=true)", R"({"C": 3, "a": 2, "b": 1})"},
      {R"(d|tojson(indent=2, separators=(",", ": ")))",
       "{\n  \"b\": 1,\n  \"a\": 2,\n  \"C\": 3\n}"},
      {R"(d|tojson(indent="--"))", "{\n--\"b\": 1,\n--\"a\": 2,\n--\"C\": 3\n}"},
      {"d|tojson(indent=0)", "{\n\"b\": 1,\n\"a\": 2,\n\"C\": 3\n}"},
      {"[]|tojson(indent=2)", "[]"},
      {"{}|tojson(indent=2)", "{}"},
      {"[[],{}]|tojson(indent=2)", "[\n  [],\n  {}\n]"},
      {"1e100|tojson", "1e+100"},
      {"1.0|tojson", "1.0"},
      {"{1:1,None:2,True:3}|tojson", R"({"1": 3, "null": 2})"},
      {"{1.5:1}|tojson", R"({"1.5": 1})"},
      {"qq|tojson", R"("say \"hi\"")"},
      {"(1,2)|tojson", "[1, 2]"},
      {"nl|indent", "a\n    b\n\n    c"},
      {"nl|indent(2)", "a\n  b\n\n  c"},
      {"nl|indent(2,true)", "  a\n  b\n\n  c"},
      {"nl|indent(2,true,true)", "  a\n  b\n  \n  c"},
      {"nl|indent(2,false,true)", "a\n  b\n  \n  c"},
      {R"(nl|indent(">>"))", "a\n>>b\n\n>>c"},
      {R"(""|indent(2,true))", "  "},
      {R"("a\n"|indent(2))", "a\n"},
      {R"("<a href='x'>&\""|e)", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;"},
      {R"("<a>"|escape)", "&lt;a&gt;"},
      {R"("<a>"|safe)", "<a>"},
      {R"(d|attr("b"))", ""},
      {R"(s|attr("upper")() )", "HELLO, WORLD"},
  };
  check(rows);
}

TEST_CASE("tests") {
  const Row rows[] = {
      {"s is string", "True"},
      {"n is none", "True"},
      {"l is sequence", "True"},
      {"d is sequence", "True"},
      {"s is sequence", "True"},
      {"d is mapping", "True"},
      {"l is mapping", "False"},
      {"s is iterable", "True"},
      {"i is iterable", "False"},
      {"d is iterable", "True"},
      {"n is iterable", "False"},
      {"i is number", "True"},
      {"f is number", "True"},
      {"t is number", "True"},
      {"t is integer", "False"},
      {"i is integer", "True"},
      {"f is float", "True"},
      {"i is float", "False"},
      {"t is boolean", "True"},
      {"i is boolean", "False"},
      {"t is true", "True"},
      {"1 is true", "False"},
      {"n is false", "False"},
      {"false is false", "True"},
      {"3 is odd", "True"},
      {"4 is even", "True"},
      {"-3 is odd", "True"},
      {"9 is divisibleby 3", "True"},
      {"9 is divisibleby(2)", "False"},
      {R"("a" is lower)", "True"},
      {R"("A" is upper)", "True"},
      {R"("a" is eq "a")", "True"},
      {"1 is sameas 1", "True"},
      {"none is sameas none", "True"},
      {"[] is sameas []", "False"},
      {"3 is gt 2", "True"},
      {"3 is lt 2", "False"},
      {"3 is ge 3", "True"},
      {"2 is le 3", "True"},
      {R"("a" is in "abc")", "True"},
      {R"("a" is in ["a"])", "True"},
      {"1 is not none", "True"},
      {"range is callable", "True"},
      {"s is callable", "False"},
      {R"("upper" is filter)", "True"},
      {R"("nope" is filter)", "False"},
      {R"("defined" is test)", "True"},
      {"s is not string", "False"},
      {"i is not defined", "False"},
      {R"((m|selectattr("zzz")) is sequence)", "False"},
  };
  check(rows);
}

}  // namespace
}  // namespace temper::engine
