// What must be known of every part of a grammar before a text is followed through it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/grammar/grammar.h"

namespace temper::engine {

// As a depth: no text of this part ever ends.
inline constexpr std::uint8_t kNeverFinished = 255;

// Which nodes are parts of `root`.
std::vector<bool> find_parts(const std::vector<Grammar::Node>& nodes,
                             const std::vector<NodeIndex>& children,
                             const std::vector<Grammar::DomainUse>& domains, NodeIndex root);

// Finds of each node whether it is nullable and what depth it needs, and leaves out of
// choices what can never be finished.
void find_depths(std::vector<Grammar::Node>& nodes, std::vector<NodeIndex>& children,
                 const std::vector<std::shared_ptr<const Dfa>>& dfas,
                 const std::vector<Grammar::DomainUse>& domains);

// A rule below `root` that may begin with itself, if there is one. After find_depths().
std::optional<NodeIndex> find_left_recursion(const std::vector<Grammar::Node>& nodes,
                                             const std::vector<NodeIndex>& children,
                                             NodeIndex root);

}  // namespace temper::engine
