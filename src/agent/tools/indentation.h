// How the lines of a text are indented, in terms of those of another.
//
// A model writes a piece of a file from memory: four spaces where there is a tab, or all of
// it two levels too far to the left. From lines that are known to be the same, this learns
// what each of its indentations stands for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace temper::agent {

class IndentationMap {
 public:
  // A line that is indented by `written` stands for one indented by `real`. False where
  // that contradicts what was learned: then no indentation can be derived.
  bool learn(std::string_view written, std::string_view real);

  // What stands for `written`: as learned, or as the nearest learned indentation that it
  // begins with and more, or less, of the file's kind.
  std::string real_of(std::string_view written) const;

 private:
  std::string translate_rest(std::string_view rest) const;

  std::map<std::string, std::string, std::less<>> real_;  // by what was written
};

}  // namespace temper::agent
