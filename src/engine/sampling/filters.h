// The filters: each leaves those of the candidates that may be drawn, at least one.
//
// A chance is a candidate's share of the sum of e^logit over the candidates that the
// filter sees. What each setting that turns a filter off is, is said in settings.h.
#pragma once

#include <cstddef>
#include <span>

#include "engine/sampling/candidates.h"

namespace temper::engine {

// The k first by rank, where k is 0 all. Makes the candidates, since it comes first
// and need not look at most tokens twice. May leave none: where none is possible.
void take_top_k(std::span<const float> logits, std::size_t k, Candidates& candidates);

// The first ones by rank until their chances reach p. The one that reaches it stays.
void keep_top_p(Candidates& candidates, float p);

// Those with at least p times the chance of the likeliest.
void keep_min_p(Candidates& candidates, float p);

// Locally typical sampling (Meister et al., 2022): those whose surprise, -ln(chance), is
// nearest to the entropy, until their chances reach p. The one that reaches it
// stays; of those that are equally near, the first by rank comes first.
void keep_typical(Candidates& candidates, float p);

}  // namespace temper::engine
