// Any bytes as a reply, in any dialect: its events keep the contract of the port, the same
// is read however the bytes are divided, and every call has arguments that are an object.
// The first byte chooses the dialect, the second what is a control token and how the
// prompt ends.
#include <cstdint>
#include <string>

#include "base/text.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "chat/reply.h"
#include "engine/dialect/foreign_reader.h"
#include "engine/dialect/transcripts_for_tests.h"

using namespace temper;
using namespace temper::engine;

namespace {

const std::vector<chat::ToolSpec>& tools() {
  static const std::vector<chat::ToolSpec> kTools = tools_for_tests();
  return kTools;
}

void check_calls(const chat::Reply& reply, std::string_view written) {
  for (const chat::ToolCall& call : chat::calls_of(reply.message)) {
    const Result<Json> arguments = parse_json(call.arguments);
    VERIFY(arguments.ok() && arguments->is_object(), "the arguments of a call are an object");
    VERIFY(call.name.size() <= 256, "a name is short");
    const bool in_other_words = written.find('\\') != written.npos || !is_valid_utf8(written) ||
                                written.find("«") != written.npos ||
                                written.find("»") != written.npos;
    VERIFY(in_other_words || written.find(call.name) != written.npos, "a name was written");
  }
}

// What is neither a call nor thinking is said once and whole, but for white space around it.
void check_text(const chat::Reply& foreign, std::string_view written) {
  if (!chat::calls_of(foreign.message).empty()) return;
  if (written.find("<think>") != written.npos) return;
  VERIFY(trim(chat::text_of(foreign.message)) == trim(make_valid_utf8(written)), "no text is lost");
}

chat::Reply read_foreign(std::string_view text, const std::function<std::size_t()>& next) {
  ForeignReader reader(tools());
  chat::StreamChecker checker;
  chat::ReplyCollector collector;
  const auto take = [&](const chat::StreamEvent& event) {
    VERIFY(checker.accept(event).ok(), "foreign text keeps the contract");
    collector.add(event);
  };
  while (!text.empty()) {
    const std::string_view part = text.substr(0, std::max<std::size_t>(1, next()));
    for (const chat::StreamEvent& event : reader.add(part)) take(event);
    text.remove_prefix(part.size());
  }
  const ReadEnd end = reader.finish(chat::StopReason::EndOfTurn);
  VERIFY(!end.failure, "foreign text never fails");
  for (const chat::StreamEvent& event : end.events) take(event);
  take(chat::Done{end.reason, {}});
  return collector.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 1 << 14) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  Random random(size);
  const auto whole = [] { return std::size_t{1} << 20; };
  const auto bytes = [] { return std::size_t{1}; };
  const auto some = [&] { return 1 + random.below(16); };

  const auto& families = dialect_families();
  const DialectFamily family = families[data[0] % (families.size() + 1) % families.size()];
  const Dialect dialect = standard_dialect(family);
  const bool tokens = (data[1] & 1) != 0;
  ReaderOptions options;
  options.tools = tools();
  if (tokens) options.control_tokens = marker_texts(family);
  if ((data[1] & 2) != 0) options.prompt_end = "<|start|>assistant" + dialect.thinking.open;
  const auto pieces = pieces_of(family, text, tokens);
  const chat::Reply reply = read_reply(dialect, options, divided(pieces, whole));
  VERIFY(read_reply(dialect, options, divided(pieces, bytes)) == reply, "bytes make no difference");
  VERIFY(read_reply(dialect, options, divided(pieces, some)) == reply, "nor do other pieces");
  check_calls(reply, text);

  if (data[0] % (families.size() + 1) != families.size()) return 0;
  const chat::Reply foreign = read_foreign(text, whole);
  VERIFY(read_foreign(text, bytes) == foreign, "bytes make no difference to foreign text");
  VERIFY(read_foreign(text, some) == foreign, "nor do other pieces");
  check_calls(foreign, text);
  check_text(foreign, text);
  return 0;
}
