#include "agent/context/context.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace temper::agent {
namespace {

using chat::Message;
using chat::Part;

constexpr std::size_t kMessageBytes = 12;   // what a template writes around a message
constexpr std::size_t kWorthFolding = 240;  // bytes; what takes its place has some sixty
constexpr std::size_t kLastMessages = 6;    // that are never folded

std::size_t bytes_of(const Part& part) {
  if (const auto* text = std::get_if<chat::Text>(&part)) return text->text.size();
  if (const auto* thinking = std::get_if<chat::Thinking>(&part)) return thinking->text.size();
  if (const auto* result = std::get_if<chat::ToolResult>(&part)) return result->text.size();
  const auto& call = std::get<chat::ToolCall>(part);
  return call.name.size() + call.arguments.size() + kMessageBytes;
}

std::size_t bytes_of(const Message& message) {
  std::size_t bytes = kMessageBytes;
  for (const Part& part : message.parts) bytes += bytes_of(part);
  return bytes;
}

}  // namespace

Context::Context(std::vector<Message> beginning, std::size_t fixed_bytes)
    : fixed_bytes_(fixed_bytes) {
  for (Message& message : beginning) add(std::move(message));
}

void Context::add(Message message) {
  bytes_ += bytes_of(message);
  messages_.push_back(std::move(message));
}

std::uint64_t Context::tokens_of(std::size_t bytes) const {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) / bytes_per_token_) + 1;
}

std::uint64_t Context::tokens() const {
  const std::size_t all = bytes_ + fixed_bytes_;
  if (all < counted_bytes_) return tokens_of(all);  // folded since
  return counted_tokens_ + tokens_of(all - counted_bytes_);
}

void Context::counted(std::uint64_t prompt_tokens) {
  if (prompt_tokens == 0) return;
  counted_tokens_ = prompt_tokens;
  counted_bytes_ = bytes_ + fixed_bytes_;
  const double ratio = static_cast<double>(counted_bytes_) / static_cast<double>(prompt_tokens);
  bytes_per_token_ = std::clamp(ratio, 1.0, 6.0);
}

bool Context::fold(std::uint64_t target, const KeepText& keep) {
  const std::size_t last = messages_.size() - std::min(messages_.size(), kLastMessages);
  for (std::size_t i = 0; i < last && tokens() > target; ++i) {
    for (Part& part : messages_[i].parts) {
      auto* result = std::get_if<chat::ToolResult>(&part);
      if (result == nullptr || result->text.size() < kWorthFolding) continue;
      const std::size_t before = result->text.size();
      const auto lines = 1 + std::count(result->text.begin(), result->text.end(), '\n');
      result->text =
          format("[folded: {} lines; read {} shows them]", lines, keep(std::move(result->text)));
      bytes_ -= before - result->text.size();
    }
  }
  return tokens() <= target;
}

}  // namespace temper::agent
