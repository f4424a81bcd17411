// How a family of models spells its tool calls and its thinking.
//
// A description, as data: what reads a reply (dialect/reader.h) goes by the family, what
// makes a grammar of calls, or a prompt that goes on where the model left off, goes by
// the fields. Which dialect a model speaks is read off its template: dialect/detect.h.
// Knows nothing of tokens: control tokens stand here by their texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::engine {

enum class DialectFamily {
  None,         // the template knows no tools
  QwenXml,      // Qwen3-Coder, Qwen3.5 and later: <tool_call> <function=NAME> <parameter=KEY>
  Hermes,       // Hermes, Qwen3: <tool_call> {"name": NAME, "arguments": {...}}
  Mistral,      // Devstral, Ministral 3, Small 3.2: [TOOL_CALLS]NAME[ARGS]{...}
  MistralList,  // before that: [TOOL_CALLS][{"name": NAME, "arguments": {...}}, ...]
  Gemma,        // Gemma 4: <|tool_call>call:NAME{key:<|"|>text<|"|>}<tool_call|>
  Llama,        // Llama 3: the whole reply is {"name": NAME, "parameters": {...}}
  Harmony,      // gpt-oss: channels, and messages to functions.NAME
};

std::string_view dialect_family_name(DialectFamily family);  // "qwen-xml", ...
// All of them, None first.
const std::vector<DialectFamily>& dialect_families();

enum class ArgumentSpelling {
  Json,           // one JSON object
  XmlParameters,  // for each argument: "<parameter=" KEY ">\n" VALUE "\n</parameter>\n"
  Gemma,          // one object "{key:VALUE,...}", see below
};

// A call as the model writes it when it does it right. A call is
//
//   opening, NAME, [id_open, nine of 0-9A-Za-z], after_name, ARGUMENTS, close
//
// and a turn with calls is
//
//   [TEXT, lead,] call, {between, call}, end
//
// where the calls after the first begin with `next_opening`, which holds what separates
// them. ARGUMENTS by their spelling:
//
//   Json           the object with its braces. White space is as json.dumps has it: one space
//                  after "," and ":", none elsewhere; models do write other.
//   XmlParameters  none or more of parameter_open KEY parameter_key_close VALUE
//                  parameter_close, in any order. VALUE is the raw text where the schema says
//                  string, and JSON otherwise; there are no escapes.
//   Gemma          the object with its braces, no white space. Keys are bare at every depth.
//                  A text is <|"|>...<|"|> without escapes; numbers, true, false, null, {...} and
//                  [...] are as in JSON.
struct CallHead {
  std::string opening = {};
  std::string after_name = {};

  bool operator==(const CallHead&) const = default;
};

struct CallSyntax {
  std::string lead = {};          // between the text of a turn and its first call
  std::string opening = {};       // "<tool_call>\n<function="
  std::string id_open = {};       // "[CALL_ID]"; empty where calls have no id of their own
  std::string after_name = {};    // ">\n"
  std::string close = {};         // "</function>\n</tool_call>"
  std::string next_opening = {};  // "\n<tool_call>\n<function="
  std::string end = {};           // after the last call, before the end of the turn: "]"
  bool many = true;               // whether a turn may have more than one call
  // Other ways to begin, which the model is as likely to take, in place of opening and
  // after_name. The template writes the first.
  std::vector<CallHead> other_heads = {};
  ArgumentSpelling arguments = ArgumentSpelling::Json;
  // Only for XmlParameters.
  std::string parameter_open = {};       // "<parameter="
  std::string parameter_key_close = {};  // ">\n"
  std::string parameter_close = {};      // "\n</parameter>\n"

  bool operator==(const CallSyntax&) const = default;
};

// Thinking is open, THOUGHT, close: at the beginning of a turn, and before a call. What is
// forced when a budget of thinking is used up is `close`, whole.
struct ThinkingSyntax {
  std::string open = {};   // "<think>\n"; empty where the family has no thinking
  std::string close = {};  // "\n</think>\n\n"

  bool operator==(const ThinkingSyntax&) const = default;
};

// What the template wants of the messages that it is given.
struct TemplateHabits {
  // Where it looks for thinking: "reasoning_content", "reasoning", "thinking"; "content"
  // for blocks {"type": "thinking"} in a list of them; empty: nowhere.
  std::string thinking_key = {};
  bool raw_arguments = false;  // writes arguments that are a string as they are
  bool one_call_per_message = false;
  bool results_with_calls = false;  // wants results in the message with the calls

  bool operator==(const TemplateHabits&) const = default;
};

struct Dialect {
  DialectFamily family = DialectFamily::None;
  CallSyntax call = {};
  ThinkingSyntax thinking = {};
  // Control tokens after which the model must write no more, though not every file counts
  // them among those that end a generation.
  std::vector<std::string> turn_ends = {};
  TemplateHabits habits = {};

  bool operator==(const Dialect&) const = default;
};

// The dialect as the family's own makers write it.
Dialect standard_dialect(DialectFamily family);

// The texts that have a meaning in this dialect where they are control tokens, or where the
// vocabulary has no such token: "<tool_call>", "</think>".
std::vector<std::string> marker_texts(DialectFamily family);

// Does a prompt that ends so leave the model thinking?
bool leaves_thinking(const Dialect& dialect, std::string_view prompt);

}  // namespace temper::engine
