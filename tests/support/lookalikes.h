// Texts that repeat themselves as real ones do: tables, tests, logs, data. Made from a seed,
// so that hundreds of them need no room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "base/random.h"

namespace temper::agent {

struct Lookalike {
  std::string kind;
  std::string text;
};

class LookalikeMaker {
 public:
  explicit LookalikeMaker(std::uint64_t seed) : random_(seed) {}

  // One text of each kind.
  std::vector<Lookalike> all() {
    std::vector<Lookalike> texts;
    const auto rows = [&] { return 12 + random_.below(60); };
    add(texts, "markdown table", "| Name | Count | Share | State |\n|---|---:|---:|---|\n", rows(),
        [&](std::size_t i) {
          return format("| {} | {} | {}.{} % | {} |\n", word(), i, number(99), number(9),
                        pick({"ok", "open", "done"}));
        });
    add(texts, "empty table", "| Day | Morning | Evening |\n|---|---|---|\n", 7 + random_.below(5),
        [&](std::size_t) { return std::string("|  |  |  |\n"); });
    add(texts, "json array", "[\n", rows(), [&](std::size_t i) {
      return format("  {{\"id\": {}, \"name\": \"{}\", \"active\": true, \"score\": {}}},\n", i,
                    word(), number(100));
    });
    add(texts, "json of equal shape", "{\"points\": [", rows(),
        [&](std::size_t i) { return format("{{\"x\": {}, \"y\": 0}}, ", i * 10); });
    add(texts, "test list", "running tests\n", rows(),
        [&](std::size_t i) { return format("test parser::tests::{}_{} ... ok\n", word(), i); });
    add(texts, "numbered tests", "TAP version 13\n", rows(),
        [&](std::size_t i) { return format("ok {} - case {}\n", i, i); });
    add(texts, "unit tests", "import unittest\n\n", rows(), [&](std::size_t i) {
      return format("    def test_square_{}(self):\n        self.assertEqual(square({}), {})\n\n",
                    i, i, i * i);
    });
    add(texts, "switch", "switch (code) {\n", rows(), [&](std::size_t i) {
      return format("  case {}:\n    return \"{}\";\n    break;\n", i, word());
    });
    add(texts, "lookup table", "static const uint8_t kTable[256] = {\n", 32, [&](std::size_t) {
      std::string row = "    ";
      for (int i = 0; i < 8; ++i)
        row += random_.below(3) == 0 ? format("0x{:02x}, ", number(255)) : "0x00, ";
      return row + "\n";
    });
    add(texts, "table of zeros", "int grid[48][16] = {\n", 48, [&](std::size_t) {
      return std::string("  {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},\n");
    });
    add(texts, "sql", "BEGIN;\n", rows(), [&](std::size_t i) {
      return format("INSERT INTO users (id, name, age) VALUES ({}, '{}', {});\n", i, word(),
                    number(90));
    });
    add(texts, "csv", "id,name,city,amount\n", rows(),
        [&](std::size_t i) { return format("{},{},{},{}.00\n", i, word(), word(), number(1000)); });
    add(texts, "log", "", rows(), [&](std::size_t i) {
      return format("2024-05-{:02} 10:{:02}:{:02} INFO server: request {} done in {} ms\n",
                    1 + i % 28, number(59), number(59), i, number(900));
    });
    add(texts, "progress log", "", rows(), [&](std::size_t i) {
      return format("Epoch {}/100 - loss: 0.{} - accuracy: 0.{}\n", i, number(9999), number(9999));
    });
    add(texts, "progress words", "", rows(),
        [&](std::size_t i) { return format("Processing item {} of 100...\n", i); });
    add(texts, "build log", "", rows(), [&](std::size_t i) {
      return format("[{}/80] Building CXX object src/CMakeFiles/app.dir/{}.cpp.o\n", i, word());
    });
    add(texts, "css", "", rows(), [&](std::size_t) {
      return format(".{} {{\n  margin: 0;\n  padding: {}px;\n  display: block;\n}}\n\n", word(),
                    number(40));
    });
    add(texts, "html list", "<ul>\n", rows(), [&](std::size_t) {
      const std::string name = word();
      return format("  <li class=\"item\"><a href=\"/{}\">{}</a></li>\n", name, name);
    });
    add(texts, "checklist", "## To do\n\n", rows(), [&](std::size_t) {
      return format("- [{}] {} the {} {}\n", pick({" ", "x"}),
                    pick({"Test", "Write", "Review", "Move"}), word(), word());
    });
    add(texts, "enumeration", "", rows(), [&](std::size_t i) {
      return format("{}. {} is the {} of the {}.\n", i, word(), word(), word());
    });
    add(texts, "translations", "", rows(), [&](std::size_t) {
      const std::string name = word();
      return format("\"{}\": \"{}{}\",\n", name, name, pick({"en", "a", "ieren"}));
    });
    add(texts, "diff", "--- a/file\n+++ b/file\n", rows(), [&](std::size_t i) {
      const std::string name = word();
      return format("@@ -{},1 +{},1 @@\n-  old_{}(value);\n+  new_{}(value);\n", i * 7, i * 7, name,
                    name);
    });
    add(texts, "stack trace", "Error: too deep\n", rows(), [&](std::size_t) {
      return format("    at {} (/app/src/{}.js:{}:{})\n", word(), word(), number(400), number(60));
    });
    add(texts, "recursion", "RangeError: Maximum call stack size exceeded\n", 10,
        [&](std::size_t) { return std::string("    at fibonacci (/app/src/math.js:3:10)\n"); });
    add(texts, "hex dump", "", rows(), [&](std::size_t i) {
      std::string row = format("{:08x}  ", i * 16);
      const bool zeros = random_.below(2) == 0;
      for (int byte = 0; byte < 16; ++byte) row += format("{:02x} ", zeros ? 0 : number(255));
      return row + " |................|\n";
    });
    add(texts, "base64", "-----BEGIN CERTIFICATE-----\n", 20,
        [&](std::size_t) { return random_.name(64) + "\n"; });
    add(texts, "base64 of zeros", "data:application/octet-stream;base64,", 5,
        [&](std::size_t) { return random_.name(60) + std::string(80, 'A'); });
    add(texts, "separators", "", rows(), [&](std::size_t) {
      return std::string(72, '=') + "\n" + word() + "\n" + std::string(72, '-') + "\n" +
             number_text() + "\n";
    });
    add(texts, "box", "+" + std::string(58, '-') + "+\n", 30,
        [&](std::size_t) { return "|" + std::string(58, ' ') + "|\n"; });
    add(texts, "drawing", "", rows(), [&](std::size_t i) {
      return std::string(60 - i % 30, ' ') + std::string(2 * (i % 30) + 1, '*') + "\n";
    });
    add(texts, "git log", "", rows(), [&](std::size_t) {
      return format("{} {}: {} the {}\n", random_.name(7), word(), pick({"fix", "add", "move"}),
                    word());
    });
    add(texts, "imports", "", rows(), [&](std::size_t) {
      const std::string name = word();
      return format("import {{ {} }} from \"../../lib/{}\";\n", name, name);
    });
    add(texts, "doc comments", "", rows(), [&](std::size_t) {
      const std::string name = word();
      return format(
          "/**\n * Returns the {}.\n * Throws an error if there is none.\n */\nget_{}(): "
          "number;\n\n",
          name, name);
    });
    add(texts, "glossary", "", rows(), [&](std::size_t) {
      return format("**{}**: the {} of a {}. See also {}.\n\n", word(), word(), word(), word());
    });
    add(texts, "dialogue", "", rows(), [&](std::size_t i) {
      return format("{}: {} {} {}?\n", i % 2 == 0 ? "Ada" : "Bob", word(), word(), word());
    });
    add(texts, "assembly", "", rows(), [&](std::size_t i) {
      return format("  {:x}:  mov    %r{},0x{:x}(%rsp)\n", i * 5, 8 + i % 8, i * 8);
    });
    add(texts, "yaml", "services:\n", rows(), [&](std::size_t i) {
      return format(
          "  {}:\n    image: {}:latest\n    restart: always\n    ports:\n      - \"{}:80\"\n",
          word(), word(), 8000 + i);
    });
    add(texts, "chmod lines", "", rows(), [&](std::size_t) {
      return format("drwxr-xr-x 2 root root 4096 May  1 10:00 {}\n", word());
    });
    return texts;
  }

 private:
  template <typename Row>
  void add(std::vector<Lookalike>& texts, std::string kind, std::string head, std::size_t rows,
           const Row& row) {
    std::string text = std::move(head);
    for (std::size_t i = 1; i <= rows; ++i) text += row(i);
    texts.push_back({std::move(kind), std::move(text)});
  }

  std::string word() {
    static constexpr std::string_view kSyllables[] = {"ta",  "re",  "lo", "mi",  "ka",  "ser",
                                                      "ver", "den", "po", "gra", "net", "sul"};
    std::string text;
    for (std::size_t left = 2 + random_.below(3); left > 0; --left)
      text += kSyllables[random_.below(12)];
    return text;
  }
  std::uint64_t number(std::uint64_t limit) { return 1 + random_.below(limit); }
  std::string number_text() { return std::to_string(number(100000)); }
  std::string pick(std::vector<std::string_view> from) {
    return std::string(from[random_.below(from.size())]);
  }

  Random random_;
};

}  // namespace temper::agent
