// What the .gitignore files of a tree leave out, as git reads them.
//
// Pure: texts in, verdicts out. Who walks a tree opens the files and asks from the root
// down, since nothing below a directory that is left out can come back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tools/glob.h"

namespace temper::agent {

enum class IgnoreVerdict {
  None,  // no rule speaks of it
  Ignored,
  Kept,  // a rule with "!" does
};

// The rules of one file.
class IgnoreRules {
 public:
  explicit IgnoreRules(std::string_view text);

  bool is_empty() const { return rules_.empty(); }
  // `path` is relative to the directory that the rules are of.
  IgnoreVerdict verdict(std::string_view path, bool is_directory) const;

 private:
  struct Rule {
    explicit Rule(std::string_view pattern);
    bool matches(std::string_view path, bool is_directory) const;

    bool keeps = false;
    bool is_for_directories = false;
    bool is_for_names = false;  // has no slash: speaks of names at any depth
    std::string literal;        // how it begins, byte for byte
    bool has_rest = false;      // behind which `rest` is to match
    Glob rest;
  };

  std::vector<Rule> rules_;
};

// The rules that hold in a directory: its own and those of the directories above it.
class IgnoreStack {
 public:
  // `directory` is the one that the rules are of, plain, "." for the root.
  void push(std::string directory, IgnoreRules rules);
  void pop() { levels_.pop_back(); }

  // Of a path whose directories are not left out themselves.
  bool ignores(std::string_view path, bool is_directory) const;

 private:
  struct Level {
    std::string directory;
    IgnoreRules rules;
  };
  std::vector<Level> levels_;
};

}  // namespace temper::agent
