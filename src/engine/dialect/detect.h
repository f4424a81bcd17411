// Which dialect a template speaks, by what it makes of a call.
//
// The template of a model's file is asked to write a conversation in which every word is
// known; what it writes around those words is the dialect, to the letter. Names of models
// and files are not asked.
#pragma once

#include <string_view>

#include "engine/dialect/dialect.h"
#include "engine/template/chat_template.h"

namespace temper::engine {

// `source` is what `chat` was parsed from. Where the template refuses the conversation, what
// its source mentions decides, and the dialect is the standard one of that family. None
// where it knows no tools; then it may still say how the model thinks.
Dialect detect_dialect(const ChatTemplate& chat, std::string_view source);

}  // namespace temper::engine
