// The tokens that are still in the running, and the likeliest of them first as far as
// anybody has asked. Vocabularies are large and few tokens are likely, so nothing here
// sorts more than it must.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/gguf/token_id.h"

namespace temper::engine {

struct Candidate {
  float logit = 0;  // never kImpossible, and never NaN
  TokenId token = 0;

  bool operator==(const Candidate&) const = default;
};

// The order of all rankings: the likelier first, and of equals the lower id, so that
// there is one answer on every machine.
inline bool ranks_before(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

// The items stand by id while none is ranked; when some are, the others stand anyhow.
struct Candidates {
  std::vector<Candidate> items;
  std::size_t ranked = 0;  // so many, from the front, are the first by rank, in order
  float highest = 0;       // logit, of all items

  // All that are possible, by id.
  void take_all(std::span<const float> logits);

  // Makes `ranked` at least `count`, or the number of items, and rather more than that
  // in view of the next call.
  void rank(std::size_t count);

  // Cuts the items down to the first `count`, which are ranked.
  void keep(std::size_t count);
};

}  // namespace temper::engine
