// What the tree itself says about a failure: the listing near a path that does not resolve and
// the path that does, the signature of the function in the error, the lines around it. For a
// model that fails on the same thing again, so that the truth stands in its context.
//
// Computed from the failure and the tree alone: the same two give the same bytes. Knows nothing
// outside the tree: headers of the system and standard libraries are left out.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "agent/evidence/definitions.h"
#include "agent/evidence/failure.h"
#include "agent/evidence/source_tree.h"

namespace temper::agent {

struct Evidence {
  std::string title;           // one line
  std::string text;            // lines, without a newline at the end
  std::string path = {};       // the file that it quotes or is about, "" where there is none
  std::size_t first_line = 0;  // of what is quoted; 0 where nothing is

  bool operator==(const Evidence&) const = default;
};

constexpr std::size_t kEvidenceBytes = 1500;     // of one, title and text
constexpr std::size_t kAllEvidenceBytes = 4000;  // of all together, as evidence_text writes them

struct EvidenceOptions {
  std::string directory = {};  // where the command ran, relative to the root
  // Where definitions are looked for first, such as CtagsDefinitions; our own finder follows.
  const DefinitionSource* definitions = nullptr;
};

// The most telling first; none where the failure names nothing that the tree knows.
std::vector<Evidence> find_evidence(const SourceTree& tree, const Failure& failure,
                                    const EvidenceOptions& options = {});

// All of it as one text for a model; "" for none.
std::string evidence_text(std::span<const Evidence> evidence);

}  // namespace temper::agent
