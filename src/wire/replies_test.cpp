// Replies as servers write them, in tests/golden/wire/replies, with what is read of them.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "chat/reply.h"
#include "chat/stream_checker.h"
#include "wire/anthropic_messages.h"
#include "wire/openai_chat.h"

namespace temper::wire {
namespace {

struct Transcript {
  std::string name;
  chat::Request request;
  std::vector<std::string> data;
  std::string expected;
};

std::vector<Transcript> transcripts(const std::string& file) {
  const Result<std::string> text =
      read_file(TEMPER_SOURCE_DIR "/tests/golden/wire/replies/" + file + ".txt", 1 << 20);
  REQUIRE(text);
  std::vector<Transcript> all;
  for (const std::string_view line : split(*text, '\n')) {
    const auto rest = [&](std::size_t lead) { return std::string(line.substr(lead)); };
    if (line.starts_with("=== ")) all.push_back({rest(4), {}, {}, ""});
    if (line.starts_with("data: ")) all.back().data.push_back(rest(6));
    if (line.starts_with("stop: ")) all.back().request.stop_sequences.push_back(rest(6));
    if (line.starts_with("=> ")) all.back().expected += rest(3) + "\n";
  }
  return all;
}

std::unique_ptr<ReplyReader> reader_for(const std::string& file, const chat::Request& request) {
  if (file == "anthropic") return std::make_unique<AnthropicReplyReader>(request);
  return std::make_unique<OpenAiReplyReader>(request);
}

// All events but the end in one string, and the reply; the contract is checked on the way.
struct Read {
  std::string progress;
  chat::Reply reply;
};

Read read(ReplyReader& reader, const std::vector<std::string>& data) {
  chat::StreamChecker checker;
  chat::ReplyCollector collector;
  Read result;
  const auto take = [&](const std::vector<chat::StreamEvent>& events) {
    for (const chat::StreamEvent& event : events) {
      const Result<void> kept = checker.accept(event);
      CHECK_MESSAGE(kept.ok(), (kept ? "" : kept.error().message));
      collector.add(event);
      if (const auto* progress = std::get_if<chat::PrefillProgress>(&event)) {
        result.progress += format("prefill {}/{} at {:.0f}\n", progress->done, progress->total,
                                  progress->tokens_per_second);
      }
    }
  };
  for (const std::string& one : data) take(reader.add(one));
  take(reader.finish());
  CHECK(checker.finish().ok());
  result.reply = collector.finish();
  return result;
}

std::string told(const chat::Part& part) {
  if (const auto* text = std::get_if<chat::Text>(&part)) return format("text \"{}\"\n", text->text);
  if (const auto* thought = std::get_if<chat::Thinking>(&part)) {
    const std::string signature = thought->signature.empty() ? "" : " signed " + thought->signature;
    return format("thinking \"{}\"{}\n", thought->text, signature);
  }
  const auto& call = std::get<chat::ToolCall>(part);
  return format("call {} {} {}\n", call.id, call.name, call.arguments);
}

std::string told(const Read& read) {
  const chat::Reply& reply = read.reply;
  std::string text = read.progress;
  for (const chat::Part& part : reply.message.parts) text += told(part);
  if (const auto& half = reply.unfinished_call) {
    text += format("unfinished {} {} {}\n", half->id, half->name, half->arguments);
  }
  if (const chat::Failed* failed = reply.failed()) {
    return text + format("failed {}, {}: {}\n", code_name(failed->error.code),
                         failed->retry == chat::Retry::MayHelp ? "may help" : "useless",
                         failed->error.message);
  }
  const chat::Usage& usage = reply.usage;
  return text + format("done {}, prompt {} ({} cached), output {} ({} thinking)\n",
                       stop_reason_name(reply.done()->reason), usage.prompt_tokens,
                       usage.cached_prompt_tokens, usage.output_tokens, usage.thinking_tokens);
}

const std::vector<std::string>& files() {
  static const std::vector<std::string> kFiles{"llama_server", "vllm", "others", "anthropic"};
  return kFiles;
}

TEST_CASE("replies: as servers write them") {
  for (const std::string& file : files()) {
    for (const Transcript& one : transcripts(file)) {
      CAPTURE(file);
      CAPTURE(one.name);
      CHECK(told(read(*reader_for(file, one.request), one.data)) == one.expected);
    }
  }
}

// Wherever a stream breaks off, a reply is whole only where the server had said so, and no call
// is made that the whole stream does not have.
TEST_CASE("replies: half of one is never a whole one") {
  for (const std::string& file : files()) {
    for (const Transcript& one : transcripts(file)) {
      CAPTURE(one.name);
      const chat::Reply whole = read(*reader_for(file, one.request), one.data).reply;
      const std::vector<chat::ToolCall> calls = calls_of(whole.message);
      for (std::size_t count = 0; count < one.data.size(); ++count) {
        CAPTURE(count);
        const std::vector<std::string> data(one.data.begin(),
                                            one.data.begin() + static_cast<std::ptrdiff_t>(count));
        const chat::Reply part = read(*reader_for(file, one.request), data).reply;
        for (const chat::ToolCall& call : calls_of(part.message)) {
          CHECK(std::find(calls.begin(), calls.end(), call) != calls.end());
        }
        if (part.done() == nullptr) continue;
        REQUIRE(whole.done() != nullptr);
        CHECK(part.done()->reason == whole.done()->reason);
        CHECK(part.message == whole.message);
      }
    }
  }
}

}  // namespace
}  // namespace temper::wire
