// Whether a text that has the form of a call is meant as one, by the words around it.
//
// Pure. Errs on the side of no call: one that is missed is asked for again, one that was
// only an example would be run.
#pragma once

#include <string_view>

#include "base/json.h"

namespace temper::engine {

enum class Intent {
  Act,      // "Let me look at the log."
  Unclear,  // nothing before it, or nothing that tells
  Explain,  // "For example, you could call:"
};

// Of the words before a call. Only the last sentence or so counts.
Intent intent_of(std::string_view before);

// Is it what stands in documentation for something else: "path/to/file", "...", "<name>"?
bool has_placeholder(const Json& arguments);

}  // namespace temper::engine
