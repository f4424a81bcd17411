// What a reply may take, and that twice the text takes no more than about twice the work:
// texts that would not end if anything were quadratic.
#include <doctest/doctest.h>

#include "base/text.h"
#include "engine/dialect/foreign_reader.h"
#include "engine/dialect/transcripts_for_tests.h"

namespace temper::engine {
namespace {

chat::Reply read(DialectFamily family, std::string text) {
  ReaderOptions options;
  options.tools = tools_for_tests();
  return read_reply(standard_dialect(family), options, {{std::move(text), false}});
}

std::string error_of(const chat::Reply& reply) {
  return reply.failed() == nullptr ? "none" : reply.failed()->error.message;
}

TEST_CASE("limits: arguments of more than 16 MiB fail the reply") {
  const std::string big(std::size_t{17} << 20, 'x');
  const std::string expected =
      "The call to write_file has more than 16 MiB of arguments; nothing was run. Make several "
      "smaller calls of it.";
  CHECK(error_of(read(DialectFamily::Mistral,
                      "[TOOL_CALLS]write_file[ARGS]{\"content\": \"" + big)) == expected);
  CHECK(error_of(read(DialectFamily::QwenXml,
                      "<tool_call>\n<function=write_file>\n<parameter=content>\n" + big)) ==
        expected);
  CHECK(error_of(
            read(DialectFamily::QwenXml, "<tool_call>\n<function=write_file>\n<parameter=other>\n" +
                                             big + "\n</parameter>\n</function>\n")) == expected);
}

TEST_CASE("limits: a name of more than 256 bytes is no name") {
  const std::string name(257, 'n');
  const chat::Reply reply = read(DialectFamily::Mistral, "[TOOL_CALLS]" + name + "[ARGS]{}");
  CHECK(chat::text_of(reply.message) == "[TOOL_CALLS]" + name + "[ARGS]{}");
  const std::string longest(256, 'n');
  const chat::Reply call =
      read(DialectFamily::Hermes, "<tool_call>{\"name\": \"" + longest + "\"}</tool_call>");
  CHECK(chat::calls_of(call.message).size() == 1);
}

TEST_CASE("limits: deep nesting fails the reply") {
  CHECK(error_of(
            read(DialectFamily::Mistral, "[TOOL_CALLS]f[ARGS]{\"a\": " + std::string(200, '['))) ==
        "The call to f is malformed, so nothing was run: it nests more than 100 levels deep. Write "
        "it again.");
}

std::string repeated(std::string_view part, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += part;
  return all;
}

TEST_CASE("slow: limits: long replies of every kind end soon") {
  const std::size_t size = std::size_t{1} << 18;
  const std::string_view parts[] = {"<tool_call>",
                                    "<tool_call>\n{\"name\": \"x\", ",
                                    "<",
                                    "[",
                                    "{",
                                    "`",
                                    "\n",
                                    " ",
                                    "</parameter>\n",
                                    "\n</parameter>",
                                    "<function=read_file>\n<parameter=path>\n",
                                    "[TOOL_CALLS]",
                                    "[TOOL_CALLS][",
                                    "<|tool_call>call:f{a:",
                                    "{\"name\": ",
                                    "\n{\"name\": \"git_status\", \"arguments\": {}}",
                                    "```json\n{}\n```\n",
                                    "\n```\n",
                                    "to=functions.",
                                    "\n<tool_call>{\"name\": \"read_file\"",
                                    "<|channel|>",
                                    "<|start|>assistant",
                                    "assistant",
                                    "\n  read_file",
                                    "</tool_call>",
                                    "<|im_",
                                    "<think>",
                                    "</think>",
                                    "\\u12",
                                    "\"",
                                    "x ",
                                    "\n{\"tool_calls\": [",
                                    "\n~~~\n[TOOL_CALLS]"};
  for (const std::string_view part : parts) {
    const std::string text = repeated(part, size);
    for (const DialectFamily family : dialect_families()) read(family, text);
    ForeignReader reader(tools_for_tests());
    std::size_t events = 0;
    for (std::size_t at = 0; at < text.size(); at += 4096) {
      events += reader.add(std::string_view(text).substr(at, 4096)).size();
    }
    events += reader.finish(chat::StopReason::EndOfTurn).events.size();
    CHECK((events > 0 || trim(text).empty() || part == "<think>" || part == "</tool_call>"));
  }
}

}  // namespace
}  // namespace temper::engine
