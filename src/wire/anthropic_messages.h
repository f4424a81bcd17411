// Anthropic's messages, which some other servers speak too. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/provider.h"
#include "wire/reply_reader.h"

namespace temper::wire {

struct AnthropicOptions {
  std::string model = {};
  // The API wants a limit in every request; this one where the request has none.
  std::uint64_t max_output_tokens = 8192;
};

// The body of a request for a stream. System messages behind the first other message are told
// by the user, for the API has one system prompt. Thinking goes back where it is signed. The
// end of the system prompt and of the conversation are marked for the server's cache.
std::string anthropic_request(const chat::Request& request, const AnthropicOptions& options);

// Thinking that the API has hidden has no text, and a signature that begins so.
inline constexpr std::string_view kRedactedThinking = "redacted_thinking:";

class AnthropicReplyReader final : public ReplyReader {
 public:
  explicit AnthropicReplyReader(const chat::Request& request);
  ~AnthropicReplyReader() override;

  std::vector<chat::StreamEvent> add(std::string_view data) override;
  std::vector<chat::StreamEvent> finish() override;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace temper::wire
