// Any bytes as what a server says of a reply, one event a line, in either API: the events keep
// the contract of the port, there is one end, and a call that is made is whole. The first byte
// chooses the API. All of it as the body of a refusal is an error for a reader.
#include <cstdint>
#include <memory>

#include "base/text.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "chat/reply.h"
#include "chat/stream_checker.h"
#include "wire/anthropic_messages.h"
#include "wire/calls.h"
#include "wire/errors.h"
#include "wire/openai_chat.h"

using namespace temper;

namespace {

std::unique_ptr<wire::ReplyReader> reader_of(bool is_anthropic) {
  chat::Request request;
  request.stop_sequences = {"END"};
  if (is_anthropic) return std::make_unique<wire::AnthropicReplyReader>(request);
  return std::make_unique<wire::OpenAiReplyReader>(request);
}

chat::Reply read(wire::ReplyReader& reader, std::string_view text) {
  chat::StreamChecker checker;
  chat::ReplyCollector collector;
  const auto take = [&](const std::vector<chat::StreamEvent>& events) {
    for (const chat::StreamEvent& event : events) {
      VERIFY(checker.accept(event).ok(), "the contract is kept");
      collector.add(event);
    }
  };
  for (const std::string_view line : split(text, '\n')) take(reader.add(line));
  take(reader.finish());
  VERIFY(checker.finish().ok(), "there is an end");
  return collector.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 1 << 16) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool is_anthropic = data[0] % 2 == 1;
  const chat::Reply reply = read(*reader_of(is_anthropic), text);
  for (const chat::ToolCall& call : chat::calls_of(reply.message)) {
    VERIFY(wire::is_whole_json(call.arguments), "a call that is made has whole arguments");
  }
  const bool ended = text.find("stop") != text.npos || text.find("finish") != text.npos ||
                     text.find("DONE") != text.npos || text.find('\\') != text.npos;
  VERIFY(reply.done() == nullptr || ended, "nothing is whole of which nobody said so");

  const wire::ServerError error = wire::error_of_answer(data[0] * 4, text);
  VERIFY(is_valid_utf8(error.error.message) && !error.error.message.empty(), "it is for a reader");
  VERIFY(error.error.message.size() < 4096, "and short");
  return 0;
}
