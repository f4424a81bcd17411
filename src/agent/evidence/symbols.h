// Names in errors: where they are defined, how they are declared, and the calls on the way to
// the error.
#pragma once

#include <string>
#include <vector>

#include "agent/evidence/definitions.h"
#include "agent/evidence/evidence.h"
#include "agent/evidence/failure.h"
#include "agent/evidence/nearby.h"
#include "agent/evidence/source_tree.h"

namespace temper::agent {

// A frame of the problem that is in the tree.
struct TreeFrame {
  Site site;
  std::string function;
};

// For a name that is not defined where it is used.
std::vector<Evidence> symbol_evidence(const SourceTree& tree, const Problem& problem,
                                      const std::vector<TreeFrame>& frames,
                                      const DefinitionSource* source);

// For what went wrong in a call: how the functions on the failing lines are declared, those of
// the tree that raised the error first.
std::vector<Evidence> call_evidence(const SourceTree& tree, const Problem& problem,
                                    const std::vector<TreeFrame>& frames,
                                    const DefinitionSource* source);

}  // namespace temper::agent
