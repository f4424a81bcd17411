// The chat template of a model: from a conversation to the text that the model reads.
//
// The language is the part of Jinja that chat templates use, with the settings of Hugging
// Face transformers, letter for letter. A template comes with a model file and a
// conversation from anywhere, so both are foreign: the work has limits, and every byte of
// the result says whether the template wrote it or the conversation did. Knows nothing of
// tokens and of what a message is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "engine/template/limits.h"

namespace temper::engine {

namespace jinja {
struct ParsedTemplate;
}

// A longest piece of text of one origin.
struct RenderedSegment {
  std::string text;
  bool trusted = false;  // whether it may hold control tokens: it is not from the conversation

  bool operator==(const RenderedSegment&) const = default;
};

struct Rendered {
  std::vector<RenderedSegment> segments;  // none is empty, and neighbours differ in trust

  std::string text() const;

  bool operator==(const Rendered&) const = default;
};

struct RenderOptions {
  WallTime now{};  // what strftime_now shows, as it is: for a local date, pass a local time
  // The variables whose texts are not the conversation's: they come with the tokenizer.
  std::vector<std::string> trusted_variables = {"bos_token", "eos_token", "pad_token", "unk_token"};
  TemplateLimits limits = {};
};

// A template that was read once. Copies share it; any number of threads may render.
class ChatTemplate {
 public:
  // `name` is what errors call it, such as the file. Fails where the source is no template,
  // with the line: Corrupt, Limit, or Unsupported where Jinja has it and this does not.
  static Result<ChatTemplate> parse(std::string_view source, std::string_view name,
                                    const TemplateLimits& limits = {});

  // `variables` is an object: messages, tools, add_generation_prompt and the like; see
  // chat_variables.h. Integers beyond 64 bits are refused.
  //
  // Fails with Denied where the template itself refuses the conversation (by
  // raise_exception, whose words the message has), with Limit where it takes too much, and
  // else with Invalid or Unsupported, the line and the expression.
  //
  // Roles of the usual names are trusted, for templates make control tokens of them
  // ('<|' + message.role + '|>'); so are numbers, true, false and none.
  Result<Rendered> render(const Json& variables, const RenderOptions& options) const;

  // Whether the template mentions a variable of that name, such as "tools".
  bool mentions(std::string_view variable) const;

 private:
  explicit ChatTemplate(std::shared_ptr<const jinja::ParsedTemplate> parsed)
      : parsed_(std::move(parsed)) {}

  std::shared_ptr<const jinja::ParsedTemplate> parsed_;
};

}  // namespace temper::engine
