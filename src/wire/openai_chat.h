// Chat completions, as OpenAI made them and nearly every server of models speaks them.
//
// Requests are the same bytes for the same words, so that what a server has computed for a
// conversation is found again. Replies are read as servers really write them: llama-server,
// vLLM, SGLang, LM Studio, Ollama and the clouds each have habits of their own. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/provider.h"
#include "wire/reply_reader.h"

namespace temper::wire {

// Who answers. Servers that one runs oneself ignore what they do not know, and get what some of
// them use: thinking back, settings of sampling beyond OpenAI's, progress while a prompt is
// read. Clouds refuse a request for less, and OpenAI has a word of its own for max_tokens.
enum class OpenAiServer { Own, Cloud, OpenAi };

struct OpenAiOptions {
  std::string model = {};
  OpenAiServer server = OpenAiServer::Own;
};

// The body of a request for a stream. Arguments that are no object are told as the text that
// they are, for servers render calls by templates that need an object.
std::string openai_request(const chat::Request& request, const OpenAiOptions& options);

class OpenAiReplyReader final : public ReplyReader {
 public:
  explicit OpenAiReplyReader(const chat::Request& request);
  ~OpenAiReplyReader() override;

  // "[DONE]" or a chunk. A reply that was not streamed is one chunk.
  std::vector<chat::StreamEvent> add(std::string_view data) override;
  std::vector<chat::StreamEvent> finish() override;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace temper::wire
