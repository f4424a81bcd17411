// A tree made of texts, for tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/evidence/source_tree.h"

namespace temper::agent {

class TextTree final : public SourceTree {
 public:
  explicit TextTree(std::map<std::string, std::string> texts, std::string root = "")
      : texts_(std::move(texts)), root_(std::move(root)) {
    for (const auto& [path, text] : texts_) paths_.push_back(path);
  }

  const std::vector<std::string>& paths() const override { return paths_; }
  std::optional<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    const auto found = texts_.find(path);
    if (found == texts_.end()) return std::nullopt;
    return found->second.substr(0, max_bytes);
  }
  std::string root() const override { return root_; }

 private:
  std::map<std::string, std::string> texts_;
  std::vector<std::string> paths_;
  std::string root_;
};

}  // namespace temper::agent
