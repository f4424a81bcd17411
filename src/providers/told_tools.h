// Tools for a model whose template knows none: told in the system prompt, with calls and
// results as text, in the words that most models have seen (Hermes).
#pragma once

#include <vector>

#include "chat/provider.h"

namespace temper::providers {

// The conversation with its tools as text; as it is where it has none.
std::vector<chat::Message> tools_told(const chat::Request& request);

}  // namespace temper::providers
