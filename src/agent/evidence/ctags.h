// Definitions found by universal-ctags, where it is installed: it parses, our own finder only
// reads lines.
//
// It runs as a program of the machine over files of the tree, in the tree's root on the disk. No
// option file is read, neither of the user nor of the tree. What it does not finish in time is
// as if it were not installed.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/evidence/definitions.h"

namespace temper::agent {

class CtagsDefinitions final : public DefinitionSource {
 public:
  // `program` is the path of ctags, `root` the absolute path of the tree's root.
  CtagsDefinitions(std::string program, std::string root,
                   std::chrono::milliseconds time_limit = std::chrono::milliseconds(1500));

  std::vector<SymbolPlace> find(std::string_view symbol,
                                std::span<const std::string> files) const override;

 private:
  std::string program_;
  std::string root_;
  std::chrono::milliseconds time_limit_;
};

// The places of one symbol in the tags that ctags wrote with --fields=+n.
std::vector<SymbolPlace> read_tags(std::string_view tags, std::string_view symbol);

}  // namespace temper::agent
