#include "agent/guard/unit.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {
namespace {

std::vector<Unit> units_of(std::string_view text) {
  UnitReader reader;
  std::vector<Unit> units;
  for (const char byte : text) {
    if (auto unit = reader.read(static_cast<std::uint8_t>(byte))) units.push_back(*unit);
  }
  return units;
}

Unit unit_of(std::string_view text) {
  const std::vector<Unit> units = units_of(std::string(text) + "\n");
  REQUIRE(units.size() == 1);
  return units[0];
}

TEST_CASE("units: lines, and sentences within them") {
  std::string found;
  const std::string_view text = "One line\n\n  \nA sentence. Another one!\nv1.5 is no end. 3. 4\n";
  for (const Unit& unit : units_of(text)) {
    found += "<" + std::string(text.substr(unit.begin, unit.end - unit.begin)) + ">";
  }
  CHECK(found == "<One line\n><A sentence. ><Another one!\n><v1.5 is no end. ><3. 4\n>");
}

TEST_CASE("units: marks of items and white space do not count") {
  CHECK(unit_of("1. Read the file").exact == unit_of("  12)  Read  the file").exact);
  CHECK(unit_of("- Read the file").exact == unit_of("Read the file").exact);
  CHECK(unit_of("1. Read").is_item);
  CHECK_FALSE(unit_of("1.5 Read").is_item);
  CHECK_FALSE(unit_of("--- Read").is_item);
  CHECK(unit_of("1.5 a").exact != unit_of("2.5 a").exact);
  CHECK(unit_of("12").exact != unit_of("13").exact);
  CHECK(unit_of("-").exact != unit_of("*").exact);
}

TEST_CASE("units: numbers can be left out") {
  CHECK(unit_of("case 1 of 20").without_numbers == unit_of("case 17 of 3").without_numbers);
  CHECK(unit_of("case 1 of 20").exact != unit_of("case 17 of 3").exact);
  CHECK(unit_of("case a1").without_numbers != unit_of("case b1").without_numbers);
}

TEST_CASE("units: prose is told from code and data") {
  for (const std::string_view text :
       {"I'll make sure `tags.ts` is correct.", "Größe und Länge werden geprüft.",
        "1. Then we look at it again."}) {
    CHECK_MESSAGE(unit_of(text).is_prose, text);
  }
  for (const std::string_view text :
       {"int a = b(c); // the sum of it", "| one | two | three | four |",
        "2024-05-01 10:00 INFO the end", "TODO", "{\"id\": 1, \"name\": \"of the user\"}"}) {
    CHECK_MESSAGE(!unit_of(text).is_prose, text);
  }
  CHECK(unit_of("Is it right?").ends_sentence);
  CHECK_FALSE(unit_of("Loading the files...").ends_sentence);
}

TEST_CASE("units: what stands between fences is known") {
  std::string fenced;
  for (const Unit& unit : units_of("a\n```c\nb\n```\nc\n")) fenced += unit.is_fenced ? "f" : "-";
  CHECK(fenced == "-fff-");
}

TEST_CASE("units: very long lines come in pieces") {
  CHECK(units_of(std::string(5000, 'x')).size() == 5);
  CHECK(units_of([] {
          std::string text;
          for (int i = 0; i < 1000; ++i) text += "word ";
          return text;
        }())
            .size() >= 12);
}

}  // namespace
}  // namespace temper::agent
