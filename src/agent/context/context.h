// What the model sees: the conversation, which only grows, and how much of its window it takes.
//
// What was said stays as it was to the byte, so that a provider computes each token once. Only
// where the window gets full are old results folded, many at once, so that this happens seldom;
// they can be read again under the name that stands in their place. How large the window is,
// and what is to be done when even folding does not help, is the business of whoever holds
// this.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "chat/message.h"

namespace temper::agent {

// Keeps a text that leaves the conversation, and gives the name by which it can be read again.
using KeepText = std::function<std::string(std::string text)>;

class Context {
 public:
  // `fixed_bytes`: of what stands before the messages in every request, the tools.
  explicit Context(std::vector<chat::Message> beginning, std::size_t fixed_bytes = 0);

  const std::vector<chat::Message>& messages() const { return messages_; }
  void add(chat::Message message);

  // An estimate of what the messages take, exact for the part that was counted.
  std::uint64_t tokens() const;
  // The same of a text that is not in it.
  std::uint64_t tokens_of(std::size_t bytes) const;
  // The provider counted all that is here now.
  void counted(std::uint64_t prompt_tokens);

  // Folds results, the oldest first, until `tokens() <= target`; those of the last few
  // messages stay. False where there is nothing left to fold before that is reached.
  bool fold(std::uint64_t target, const KeepText& keep);

 private:
  std::vector<chat::Message> messages_;
  std::size_t fixed_bytes_;
  std::size_t bytes_ = 0;  // of the messages
  // What was counted last, and how many bytes that was.
  std::uint64_t counted_tokens_ = 0;
  std::size_t counted_bytes_ = 0;
  double bytes_per_token_ = 3.5;
};

}  // namespace temper::agent
