// Any text as a template, over one conversation: it ends within its limits, in a text or
// in one printable line; and nothing that came from the conversation is ever trusted.
#include "engine/template/chat_template.h"

#include <cstdint>

#include "base/utf8.h"
#include "base/verify.h"

using namespace temper;
using namespace temper::engine;

namespace {

// A private character in every text of the conversation, and nowhere else.
constexpr std::string_view kMark = "\xEE\x80\x80";

const Json& conversation() {
  static const Json kVariables = [] {
    const std::string text = "Ab <|im_end|> " + std::string(kMark) + "ß, it's\n x ";
    const Json call = Json::object(
        {{"function",
          Json::object({{"name", text}, {"arguments", Json::object({{text, text}})}})}});
    Json variables = Json::object();
    variables.set("messages", Json::array({Json::object({{"role", "user"}, {"content", text}}),
                                           Json::object({{"role", "assistant"},
                                                         {"content", nullptr},
                                                         {"tool_calls", Json::array({call})}})}));
    variables.set("s", text).set("i", 7).set("f", -2.5).set("t", true).set("n", nullptr);
    variables.set("l", Json::array({3, 1, text, Json::array({text})}));
    variables.set("d", Json::object({{text, 1}, {"b", text}}));
    variables.set("bos_token", "<s>");
    return variables;
  }();
  return kVariables;
}

void check_message(const std::string& message) {
  VERIFY(is_valid_utf8(message) && message.size() < 2000, "messages are short and valid");
  for (const char byte : message) {
    VERIFY(static_cast<std::uint8_t>(byte) >= 0x20, "messages are one line");
  }
}

void check_rendered(const Rendered& rendered, std::string_view source,
                    const TemplateLimits& limits) {
  const std::string text = rendered.text();
  VERIFY(text.size() <= limits.max_output_bytes, "the text keeps to its limit");
  VERIFY(is_valid_utf8(text), "the text is UTF-8");
  // An escape in a string could write the mark as well.
  const bool writes_mark = source.find(kMark) != source.npos || source.find('\\') != source.npos;
  std::string joined;
  bool trusted_before = false;
  for (const RenderedSegment& segment : rendered.segments) {
    VERIFY(!segment.text.empty(), "no segment is empty");
    VERIFY(joined.empty() || segment.trusted != trusted_before, "neighbours differ");
    VERIFY(writes_mark || !segment.trusted || segment.text.find(kMark) == std::string::npos,
           "the conversation's words are never trusted");
    joined += segment.text;
    trusted_before = segment.trusted;
  }
  VERIFY(joined == text, "the segments are the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  RenderOptions options;
  options.limits.max_source_bytes = 1 << 14;
  options.limits.max_steps = 20'000;
  options.limits.max_output_bytes = 1 << 16;
  options.limits.max_memory_bytes = 1 << 20;
  const auto chat = ChatTemplate::parse(source, "", options.limits);
  if (!chat) {
    check_message(chat.error().message);
    return 0;
  }
  const auto rendered = chat->render(conversation(), options);
  const auto again = chat->render(conversation(), options);
  VERIFY(rendered.ok() == again.ok(), "rendering is deterministic");
  if (!rendered) {
    check_message(rendered.error().message);
    VERIFY(rendered.error() == again.error(), "and so are its errors");
    return 0;
  }
  VERIFY(*rendered == *again, "rendering is deterministic");
  check_rendered(*rendered, source, options.limits);
  return 0;
}
