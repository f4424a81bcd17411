// Ends a reply where its text says one of some words, which are then no part of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::providers {

class StopSequences {
 public:
  explicit StopSequences(std::vector<std::string> sequences);

  // The text that is certain with this piece; what may be the beginning of a sequence is
  // held back, at most as long as one. Characters stay whole.
  std::string add(std::string_view text);
  // A sequence came: nothing after it counts.
  bool found() const { return found_; }
  // What was held is text after all: something else came, or nothing more does.
  std::string flush();

 private:
  std::size_t held_from() const;

  std::vector<std::string> sequences_;
  std::string held_;
  bool found_ = false;
};

}  // namespace temper::providers
