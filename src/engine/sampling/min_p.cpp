#include <algorithm>
#include <cmath>

#include "engine/sampling/filters.h"

namespace temper::engine {

void keep_min_p(Candidates& candidates, float p) {
  if (p <= 0 || candidates.items.empty()) return;
  const auto least = static_cast<float>(double{candidates.highest} + std::log(double{p}));
  std::erase_if(candidates.items, [&](const Candidate& c) { return c.logit < least; });
  candidates.ranked = std::min(candidates.ranked, candidates.items.size());
}

}  // namespace temper::engine
