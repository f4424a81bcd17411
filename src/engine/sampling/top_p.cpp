#include <cmath>

#include "engine/sampling/filters.h"
#include "engine/sampling/weights.h"

namespace temper::engine {
namespace {

// Takes away candidates that cannot be needed: all with less than half of an even share
// of what lies beyond p. Together they have less than half of it, so the others
// reach p without them. Nearly all of a vocabulary goes here, and is never sorted.
void drop_hopeless(Candidates& candidates, float p, double total, float highest) {
  const double share = total * (1 - double{p}) / 2 / static_cast<double>(candidates.items.size());
  const auto least = static_cast<float>(highest + std::log(share));
  std::erase_if(candidates.items, [&](const Candidate& c) { return c.logit < least; });
}

}  // namespace

void keep_top_p(Candidates& candidates, float p) {
  if (p >= 1 || candidates.items.size() <= 1) return;
  const float highest = candidates.highest;
  const double total = sum_of_weights(candidates.items, highest);
  if (candidates.ranked == 0) drop_hopeless(candidates, p, total, highest);

  double reached = 0;
  std::size_t count = 0;
  while (count < candidates.items.size() && (count == 0 || reached < p * total)) {
    candidates.rank(count + 1);
    reached += exp_of(candidates.items[count++].logit - highest);
  }
  candidates.keep(count);
}

}  // namespace temper::engine
