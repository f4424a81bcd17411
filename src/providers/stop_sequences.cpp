#include "providers/stop_sequences.h"

#include <algorithm>
#include <utility>

namespace temper::providers {

StopSequences::StopSequences(std::vector<std::string> sequences)
    : sequences_(std::move(sequences)) {
  std::erase_if(sequences_, [](const std::string& sequence) { return sequence.empty(); });
}

std::string StopSequences::add(std::string_view text) {
  if (found_) return {};
  held_ += text;
  std::size_t first = std::string::npos;
  for (const std::string& sequence : sequences_) first = std::min(first, held_.find(sequence));
  found_ = first != std::string::npos;
  const std::size_t certain = found_ ? first : held_from();
  std::string said = held_.substr(0, certain);
  held_.erase(0, found_ ? held_.size() : certain);
  return said;
}

// Where the longest beginning of a sequence stands at the end.
std::size_t StopSequences::held_from() const {
  std::size_t from = held_.size();
  for (const std::string& sequence : sequences_) {
    for (std::size_t size = std::min(sequence.size() - 1, held_.size()); size > 0; --size) {
      if (!held_.ends_with(std::string_view(sequence).substr(0, size))) continue;
      from = std::min(from, held_.size() - size);
      break;
    }
  }
  return from;
}

std::string StopSequences::flush() { return std::exchange(held_, {}); }

}  // namespace temper::providers
