// Edits of generated files: what is found is found once, and not one byte changes outside of
// the lines that were named.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "agent/tools/edit.h"
#include "agent/tools/text_lines.h"
#include "base/random.h"
#include "base/text.h"

namespace temper::agent {
namespace {

struct Line {
  std::string indentation;
  std::string words;
  std::string blanks_at_end;
  std::string end;

  std::string text() const { return indentation + words + blanks_at_end + end; }
};

// Lines that all differ, in one of the usual ways to indent and to end them.
std::vector<Line> random_file(Random& random) {
  const std::string unit = std::vector<std::string>{"\t", "  ", "    "}[random.below(3)];
  const std::string end = random.below(3) == 0 ? "\r\n" : "\n";
  std::vector<Line> lines;
  const std::size_t count = 3 + random.below(30);
  for (std::size_t i = 0; i < count; ++i) {
    Line line;
    const std::size_t depth = random.below(4);
    for (std::size_t level = 0; level < depth; ++level) line.indentation += unit;
    line.words = "word" + std::to_string(i) + " = " + random.name(1 + random.below(8)) + ";";
    if (random.below(5) == 0) line.blanks_at_end = random.below(2) == 0 ? "  " : "\t";
    line.end = i + 1 == count && random.below(3) == 0 ? "" : end;
    lines.push_back(line);
  }
  return lines;
}

std::string text_of(const std::vector<Line>& lines, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += lines[i].text();
  return text;
}

// The lines as a model may remember them: other units of indentation, all further to the
// left, no blanks at the ends, plain line ends.
struct Memory {
  bool spaces_for_tabs = false;
  bool tabs_for_spaces = false;
  std::size_t left = 0;  // bytes of indentation that are gone
  bool keeps_blanks = false;

  std::string indentation(std::string text) const {
    text.erase(0, left);
    std::string changed;
    if (spaces_for_tabs) {
      for (const char blank : text) changed += blank == '\t' ? "    " : std::string(1, blank);
      return changed;
    }
    if (tabs_for_spaces && text.find('\t') == text.npos) return std::string(text.size() / 2, '\t');
    return text;
  }
  std::string line(const Line& real) const {
    return indentation(real.indentation) + real.words + (keeps_blanks ? real.blanks_at_end : "") +
           "\n";
  }
};

Memory random_memory(Random& random, const std::vector<Line>& lines, std::size_t begin,
                     std::size_t end) {
  Memory memory;
  std::size_t least = lines[begin].indentation.size();
  for (std::size_t i = begin; i < end; ++i) {
    least = std::min(least, lines[i].indentation.size());
  }
  memory.left = random.below(2) == 0 ? 0 : least;
  memory.spaces_for_tabs = random.below(3) == 0;
  memory.tabs_for_spaces = !memory.spaces_for_tabs && random.below(3) == 0;
  memory.keeps_blanks = random.below(2) == 0;
  return memory;
}

TEST_CASE("edit: in generated files nothing else changes, however the lines are remembered") {
  Random random(5);
  for (int round = 0; round < 4000; ++round) {
    const std::vector<Line> lines = random_file(random);
    const std::size_t begin = random.below(lines.size());
    const std::size_t end = begin + 1 + random.below(lines.size() - begin);
    const std::size_t changed = begin + random.below(end - begin);
    const Memory memory = random_memory(random, lines, begin, end);

    Edit edit;
    for (std::size_t i = begin; i < end; ++i) {
      edit.before += memory.line(lines[i]);
      Line after = lines[i];
      if (i == changed) after.words = "changed();";
      edit.after += memory.line(after);
    }
    const std::string text = text_of(lines, 0, lines.size());
    const Result<Edited> edited = apply_edit(text, edit);
    CAPTURE(text);
    CAPTURE(edit.before);
    REQUIRE(edited.ok());

    // The line that was changed is new, and indented as the old one was.
    const std::string head = text_of(lines, 0, changed);
    const std::string tail = text_of(lines, changed + 1, lines.size());
    REQUIRE(edited->text.starts_with(head));
    REQUIRE(edited->text.ends_with(tail));
    const std::string middle =
        edited->text.substr(head.size(), edited->text.size() - head.size() - tail.size());
    const Line& old = lines[changed];
    const bool has_blanks =
        trim(middle).size() + old.indentation.size() + old.end.size() != middle.size();
    CHECK(middle ==
          old.indentation + "changed();" + (has_blanks ? old.blanks_at_end : "") + old.end);
    CHECK((!has_blanks || memory.keeps_blanks));
  }
}

TEST_CASE("edit: a piece that stands twice is never replaced") {
  Random random(6);
  for (int round = 0; round < 500; ++round) {
    std::vector<Line> lines = random_file(random);
    const std::size_t which = random.below(lines.size());
    Line again = lines[which];
    again.indentation += "  ";
    again.end = "\n";
    lines.insert(lines.begin(), again);
    const std::string before = "\t\t\t " + again.words;
    const Result<Edited> edited =
        apply_edit(text_of(lines, 0, lines.size()), {before, "changed();"});
    REQUIRE_FALSE(edited.ok());
    CHECK(edited.error().code == Code::Conflict);
  }
}

}  // namespace
}  // namespace temper::agent
