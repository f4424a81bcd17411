#include "chat/domains/path_set.h"

#include <algorithm>

#include "base/utf8.h"

namespace temper::chat {
namespace {

constexpr std::size_t kMaxPathBytes = 4096;

// The first word of the trie that is not less than `text`.
std::size_t lower_bound(const Trie& trie, std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t count = trie.size(); count > 0;) {
    const std::size_t half = count / 2;
    if (trie.word(begin + half) < text) {
      begin += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return begin;
}

}  // namespace

bool is_plain_relative_path(std::string_view path) {
  if (path.empty() || path.size() > kMaxPathBytes || path.find('\0') != path.npos ||
      !is_valid_utf8(path)) {
    return false;
  }
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

PathSet::PathSet() : base_(std::make_shared<Trie>(std::vector<std::string_view>{})) {}

PathSet::PathSet(const std::vector<std::string>& paths) {
  std::vector<std::string_view> plain;
  plain.reserve(paths.size());
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(plain), is_plain_relative_path);
  base_ = std::make_shared<Trie>(std::move(plain));
}

void PathSet::add(std::string_view path) {
  if (is_plain_relative_path(path)) changes_.insert_or_assign(std::string(path), true);
}

void PathSet::remove(std::string_view path) {
  const std::string below = std::string(path) + '/';
  for (auto change = changes_.lower_bound(below);
       change != changes_.end() && change->first.starts_with(below); ++change) {
    change->second = false;
  }
  for (std::size_t at = lower_bound(*base_, below);
       at < base_->size() && base_->word(at).starts_with(below); ++at) {
    changes_.insert_or_assign(std::string(base_->word(at)), false);
  }
  if (contains(path)) changes_.insert_or_assign(std::string(path), false);
}

bool PathSet::contains(std::string_view path) const {
  const auto change = changes_.find(path);
  if (change != changes_.end()) return change->second;
  const std::size_t at = lower_bound(*base_, path);
  return at < base_->size() && base_->word(at) == path;
}

std::shared_ptr<const Trie> PathSet::snapshot() {
  if (changes_.empty()) return base_;
  std::vector<std::string_view> paths;
  paths.reserve(base_->size() + changes_.size());
  auto change = changes_.begin();
  const auto take_changes_before = [&](const std::string_view* limit) {
    for (; change != changes_.end() && (limit == nullptr || change->first < *limit); ++change) {
      if (change->second) paths.push_back(change->first);
    }
  };
  for (std::size_t at = 0; at < base_->size(); ++at) {
    const std::string_view path = base_->word(at);
    take_changes_before(&path);
    const bool changed = change != changes_.end() && change->first == path;
    if (!changed) paths.push_back(path);  // else it comes, or not, with the changes
  }
  take_changes_before(nullptr);
  base_ = std::make_shared<Trie>(std::move(paths));
  changes_.clear();
  return base_;
}

}  // namespace temper::chat
