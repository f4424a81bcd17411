#include "engine/kv/prefix_index.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace temper::engine {

std::size_t PrefixIndex::add_live(const Sequence& sequence) {
  entries_.push_back({next_id_, &sequence, {}, {}});
  return next_id_++;
}

std::size_t PrefixIndex::add_saved(std::vector<TokenId> tokens, RestorePoints points) {
  entries_.push_back({next_id_, nullptr, std::move(tokens), std::move(points)});
  return next_id_++;
}

void PrefixIndex::remove(std::size_t entry) {
  std::erase_if(entries_, [&](const Entry& held) { return held.id == entry; });
}

std::optional<PrefixMatch> PrefixIndex::find(std::span<const TokenId> prompt) const {
  std::optional<PrefixMatch> best;
  std::tuple<std::size_t, bool, std::size_t> best_rank;
  if (prompt.empty()) return best;
  for (const Entry& entry : entries_) {
    const std::vector<TokenId>& tokens = entry.live ? entry.live->tokens() : entry.tokens;
    const auto differ = std::mismatch(prompt.begin(), prompt.end(), tokens.begin(), tokens.end());
    const auto common = static_cast<std::size_t>(differ.first - prompt.begin());
    const RestorePoints points = entry.live ? entry.live->restore_points() : entry.points;
    const std::size_t reusable = points.last_before(std::min(common, prompt.size() - 1));
    if (reusable == 0) continue;
    const std::tuple rank(reusable, entry.live != nullptr, ~tokens.size());
    if (best && rank <= best_rank) continue;
    best = PrefixMatch{entry.id, common, reusable};
    best_rank = rank;
  }
  return best;
}

}  // namespace temper::engine
