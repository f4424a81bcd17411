#include "engine/sampling/candidates.h"

#include <algorithm>

#include "base/verify.h"
#include "engine/sampling/logits.h"
#include "engine/sampling/weights.h"

namespace temper::engine {

void Candidates::take_all(std::span<const float> logits) {
  items.resize(logits.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    items[count] = {logits[i], static_cast<TokenId>(i)};
    count += static_cast<std::size_t>(logits[i] != kImpossible);  // the next takes its place
  }
  items.resize(count);
  ranked = 0;
  highest = highest_of(logits);
}

void Candidates::rank(std::size_t count) {
  if (count <= ranked) return;
  constexpr std::size_t kLeast = 64;
  const std::size_t wanted = std::min(items.size(), std::max({count, 4 * ranked, kLeast}));
  const auto from = items.begin() + static_cast<std::ptrdiff_t>(ranked);
  const auto to = items.begin() + static_cast<std::ptrdiff_t>(wanted);
  if (to != items.end()) std::nth_element(from, to, items.end(), ranks_before);
  std::sort(from, to, ranks_before);
  ranked = wanted;
}

void Candidates::keep(std::size_t count) {
  DEBUG_VERIFY(count <= ranked, "only the first ones by rank are kept");
  items.resize(count);
  ranked = count;
}

}  // namespace temper::engine
