// Methods of strings, lists and mappings.
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

TEST_CASE("methods: mappings") {
  const Row rows[] = {
      {"d.items()|list", "[('b', 1), ('a', 2), ('C', 3)]"},
      {"d.keys()|list", "['b', 'a', 'C']"},
      {"d.values()|list", "[1, 2, 3]"},
      {R"(nest["items"])", "[1, 2]"},
      {R"(nest["keys"])", "k"},
      {R"(nest.get("keys"))", "k"},
      {R"(nest["get"])", "5"},
      {R"(nest["values"] is defined)", "True"},
      {R"(d["items"] is defined)", "True"},
      {R"(d["items"] is mapping)", "False"},
      {R"(m[0].get("zz"))", "None"},
      {R"(m[0].get("zz", "dflt"))", "dflt"},
      {R"(m[0].get("role", "dflt"))", "user"},
      {R"("a" if true else "b")", "a"},
      {R"("a" if false)", ""},
      {R"("a" if false else "b" if false else "c")", "c"},
      {R"(("a" if false) is defined)", "False"},
      {"1 if 0 else 2 if 1 else 3", "2"},
  };
  check(rows);
}

TEST_CASE("methods: strings") {
  const Row rows[] = {
      {R"(s.split(","))", "['Hello', ' World']"},
      {"s.split()", "['Hello,', 'World']"},
      {R"("a  b c ".split())", "['a', 'b', 'c']"},
      {R"("a  b c ".split(" "))", "['a', '', 'b', 'c', '']"},
      {R"("a,b,c".split(",",1))", "['a', 'b,c']"},
      {R"("a,b,c".rsplit(",",1))", "['a,b', 'c']"},
      {R"(" a b  c ".rsplit(None,1))", "[' a b', 'c']"},
      {R"(" a b  c ".split(None,1))", "['a', 'b  c ']"},
      {R"(" a b  c ".split(none,0))", "['a b  c ']"},
      {R"("".split())", "[]"},
      {R"("".split(","))", "['']"},
      {"nl.splitlines()", "['a', 'b', '', 'c']"},
      {"nl.splitlines(true)", R"(['a\n', 'b\n', '\n', 'c'])"},
      {R"("a\r\nb\x0bc\u2028d".splitlines())", "['a', 'b', 'c', 'd']"},
      {R"(s.startswith("He"))", "True"},
      {R"(s.startswith(("x","H")))", "True"},
      {R"(s.endswith("ld"))", "True"},
      {R"(s.startswith("l",2))", "True"},
      {R"(s.find("o"))", "4"},
      {R"(s.find("zz"))", "-1"},
      {R"(s.rfind("o"))", "8"},
      {R"(s.find("o",5))", "8"},
      {R"(s.index("o"))", "4"},
      {R"(s.count("l"))", "3"},
      {R"(s.count(""))", "13"},
      {R"(u.find("ñ"))", "6"},
      {R"("-".join(["a","b"]))", "a-b"},
      {R"(",".join("abc"))", "a,b,c"},
      {R"("{} {}".format(1,"a"))", "1 a"},
      {R"("{0} {1} {0}".format("x","y"))", "x y x"},
      {R"("{a}-{b}".format(a=1,b=2))", "1-2"},
      {R"("{:>5}|{:<5}|{:^5}".format("a","b","c"))", "    a|b    |  c  "},
      {R"("{:05d}|{:+d}|{:x}|{:,}".format(42,7,255,1234567))", "00042|+7|ff|1,234,567"},
      {R"("{:.2f}|{:8.3f}|{:e}|{:g}|{:%}".format(3.14159,2.5,12345.678,0.0001,0.5))",
       "3.14|   2.500|1.234568e+04|0.0001|50.000000%"},
      {R"("{:.3}".format("abcdef"))", "abc"},
      {R"("{!r}".format("a"))", "'a'"},
      {R"("{{}}".format())", "{}"},
      {R"("{}".format(2.0))", "2.0"},
      {R"("{}".format(None))", "None"},
      {R"("%s is %d" % ("x", 5))", "x is 5"},
      {R"("%s" % "a")", "a"},
      {R"("%5.2f|%-5s|%05d|%x|%%" % (3.14159,"ab",42,255))", " 3.14|ab   |00042|ff|%"},
      {R"("%(a)s" % {"a":1})", "1"},
      {R"("%s" % [1,2])", "[1, 2]"},
      {R"("%r" % "a")", "'a'"},
      {R"("%s|%s"|format("a",1))", "a|1"},
      {R"("%d" % 3.99)", "3"},
      {R"(s.partition(","))", "('Hello', ',', ' World')"},
      {R"(s.rpartition("o"))", "('Hello, W', 'o', 'rld')"},
      {R"(s.partition("zz"))", "('Hello, World', '', '')"},
      {R"(s.rpartition("zz"))", "('', '', 'Hello, World')"},
      {R"("abc".removeprefix("a"))", "bc"},
      {R"("abc".removesuffix("c"))", "ab"},
      {R"("5".zfill(3))", "005"},
      {R"("-5".zfill(4))", "-005"},
      {R"("a".ljust(3,".") ~ "|")", "a..|"},
      {R"("a".rjust(3) ~ "|")", "  a|"},
      {R"("ab".center(5,"*"))", "**ab*"},
      {R"("abc".center(6,"*"))", "*abc**"},
      {R"("a"|center(4) ~ "|")", " a  |"},
      {R"("12".isdigit())", "True"},
      {R"("1a".isdigit())", "False"},
      {R"("".isdigit())", "False"},
      {R"("abc".isalpha())", "True"},
      {R"("a1".isalnum())", "True"},
      {R"(" ".isspace())", "True"},
      {R"("ab".islower())", "True"},
      {R"("AB".isupper())", "True"},
      {R"("a b"|wordcount)", "2"},
  };
  check(rows);
}

}  // namespace
}  // namespace temper::engine
