// Regular expressions as JSON Schema has them (ECMA-262, `u` flag), as automata over UTF-8.
//
// The part that speaks of regular languages: alternatives, groups, classes, quantifiers,
// anchors at any place. What looks around or back is refused, word boundaries and Unicode
// properties too.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/grammar/dfa.h"

namespace temper::engine {

// The texts in which the pattern is found somewhere: without anchors, anything may stand
// around it. Invalid where it is no pattern, Unsupported or Limit where it is one that we
// do not take; the message says what and at which byte.
Result<Dfa> pattern_dfa(std::string_view pattern);

}  // namespace temper::engine
