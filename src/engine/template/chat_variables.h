// The variables that chat templates expect, from a conversation in OpenAI's JSON.
//
// Pure JSON to JSON: which roles and fields a template understands is its own affair.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace temper::engine {

// What becomes of arguments of calls that are JSON in a string, as OpenAI's clients send them.
enum class CallArguments {
  Parsed,     // objects, which is what templates are written for
  AsWritten,  // the string: for a template that is known to write it as it is
};

struct ChatInput {
  Json messages = {};  // an array of objects
  Json tools = {};     // an array, or null
  bool add_generation_prompt = true;
  std::string bos_token = {};
  std::string eos_token = {};
  CallArguments arguments = CallArguments::Parsed;
  Json extra = {};  // an object of more variables, such as enable_thinking, or null
};

// For ChatTemplate::render. Arguments to be parsed that are no JSON object stay the string
// they are. Where there are no tools, `tools` is not defined, so
// that templates which go over them unasked do so in vain. What `extra` names wins.
//
// Fails where messages, tools or extra have another shape.
Result<Json> chat_variables(ChatInput input);

}  // namespace temper::engine
