// For the tests here: what a template makes of the same few variables.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/template/chat_template.h"

namespace temper::engine {

inline const Json& test_variables() {
  static const Json kVariables = *parse_json(R"({
    "s": "Hello, World", "e": "", "n": null, "i": 7, "f": 2.5, "t": true, "l": [3, 1, 2],
    "d": {"b": 1, "a": 2, "C": 3}, "u": "Grüße ñ ß Ω й", "ws": "  \t pad\n ",
    "m": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": null},
          {"role": "user", "content": "yo", "x": 1}],
    "nest": {"items": [1, 2], "keys": "k", "get": 5},
    "mixed": ["a", 1, null, true, 2.0, {"k": "v"}, [1]],
    "q": "it's", "qq": "say \"hi\"", "nl": "a\nb\n\nc", "big": 9223372036854775807})");
  return kVariables;
}

inline RenderOptions test_options() {
  using namespace std::chrono;
  RenderOptions options;
  options.now = sys_days(year(2026) / January / 2);
  return options;
}

// The text, or "error: " and the message.
inline std::string outcome(std::string_view source, const Json& variables = test_variables(),
                           const RenderOptions& options = test_options()) {
  const auto chat = ChatTemplate::parse(source, "", options.limits);
  if (!chat) return "error: " + chat.error().message;
  const auto rendered = chat->render(variables, options);
  return rendered ? rendered->text() : "error: " + rendered.error().message;
}

}  // namespace temper::engine
