// What a task asks for, item by item, and what the tree says of each.
//
// A list in the task is taken for its requirements. Nothing here understands them: evidence is
// that a file which an item names is there, or is not.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

struct Requirement {
  std::string text;
  bool optional = false;           // "if possible"
  std::vector<std::string> paths;  // that it names

  bool operator==(const Requirement&) const = default;
};

// The items of the task's lists; the task itself where it has none.
std::vector<Requirement> requirements_of(std::string_view task);

// Paths that required items name and that are not there, each once.
std::vector<std::string> missing_paths(const std::vector<Requirement>& requirements,
                                       const std::function<bool(const std::string&)>& exists);

}  // namespace temper::agent
