// The variables of a template, from our own words for a conversation.
//
// What the model wrote is given back so that the template writes it again, as far as it
// can: text, thinking and the letters of arguments, where they were. Pure.
#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "chat/message.h"
#include "engine/dialect/dialect.h"

namespace temper::engine {

struct ConversationOptions {
  bool add_generation_prompt = true;
  std::string bos_token = {};
  std::string eos_token = {};
  Json extra = {};  // an object of more variables, such as enable_thinking, or null
};

// For ChatTemplate::render. Where the template can write one call in a message only, a
// message of several becomes several, each followed by the results of its call. Signatures
// of thinking and whether a result is an error are not told.
//
// Fails where a part stands in a message whose role cannot hold it, and where `extra` is no
// object.
Result<Json> conversation_variables(const Dialect& dialect, std::span<const chat::Message> messages,
                                    std::span<const chat::ToolSpec> tools,
                                    ConversationOptions options = {});

}  // namespace temper::engine
