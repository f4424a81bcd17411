#include "agent/tools/result_store.h"

#include <utility>

#include "base/format.h"

namespace temper::agent {
namespace {

std::string name_of_output(std::size_t number) { return format("output-{}", number); }

}  // namespace

std::string MemoryResultStore::keep(std::string text) {
  bytes_ += text.size();
  texts_.emplace(++kept_, std::move(text));
  while (bytes_ > max_bytes_ && texts_.size() > 1) {
    bytes_ -= texts_.begin()->second.size();
    texts_.erase(texts_.begin());
  }
  return name_of_output(kept_);
}

std::optional<std::string> MemoryResultStore::find(std::string_view name) const {
  for (const auto& [number, text] : texts_) {
    if (name_of_output(number) == name) return text;
  }
  return std::nullopt;
}

std::vector<std::string> MemoryResultStore::names() const {
  std::vector<std::string> names;
  for (const auto& [number, text] : texts_) names.push_back(name_of_output(number));
  return names;
}

}  // namespace temper::agent
