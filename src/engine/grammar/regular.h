// Parts of a grammar that need no memory, as automata: one way instead of many, so that
// masks are found faster.
#pragma once

#include <optional>

#include "engine/grammar/grammar.h"

namespace temper::engine {

// The language of a node where it is regular and small: bytes only, no rule within itself,
// and a table of few states.
std::optional<Dfa> regular_dfa(const Grammar& grammar, NodeIndex node);

}  // namespace temper::engine
