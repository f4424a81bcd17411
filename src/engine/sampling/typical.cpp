#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/sampling/filters.h"

namespace temper::engine {
namespace {

struct Deviation {
  double chance;
  double distance;  // of the surprise from the entropy
  std::uint32_t place;
};

std::vector<Deviation> deviations_of(const std::vector<Candidate>& items, float highest) {
  double total = 0;
  for (const Candidate& item : items) total += std::exp(double{item.logit} - highest);
  const double log_total = std::log(total);

  std::vector<Deviation> deviations;
  deviations.reserve(items.size());
  double entropy = 0;
  for (const Candidate& item : items) {
    const double surprise = log_total - (double{item.logit} - highest);
    const double chance = std::exp(-surprise);
    if (chance > 0) entropy += chance * surprise;
    deviations.push_back({chance, surprise, static_cast<std::uint32_t>(deviations.size())});
  }
  for (Deviation& deviation : deviations) {
    deviation.distance = std::abs(deviation.distance - entropy);
  }
  return deviations;
}

}  // namespace

void keep_typical(Candidates& candidates, float p) {
  if (p >= 1 || candidates.items.size() <= 1) return;
  const std::vector<Candidate>& items = candidates.items;
  std::vector<Deviation> deviations = deviations_of(items, candidates.highest);
  const auto comes_before = [&](const Deviation& a, const Deviation& b) {
    return a.distance != b.distance ? a.distance < b.distance
                                    : ranks_before(items[a.place], items[b.place]);
  };
  // As a heap, so that no more is sorted than is needed.
  const auto comes_after = [&](const Deviation& a, const Deviation& b) {
    return comes_before(b, a);
  };
  std::make_heap(deviations.begin(), deviations.end(), comes_after);
  std::vector<Candidate> kept;
  double reached = 0;
  for (auto end = deviations.end(); end != deviations.begin() && (kept.empty() || reached < p);) {
    std::pop_heap(deviations.begin(), end--, comes_after);
    kept.push_back(items[end->place]);
    reached += end->chance;
  }
  std::sort(kept.begin(), kept.end(), ranks_before);
  candidates.items = std::move(kept);
  candidates.ranked = candidates.items.size();
  candidates.highest = candidates.items.front().logit;
}

}  // namespace temper::engine
