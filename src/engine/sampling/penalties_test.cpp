#include "engine/sampling/penalties.h"

#include <doctest/doctest.h>

#include <limits>

#include "base/random.h"
#include "engine/sampling/logits.h"

namespace temper::engine {
namespace {

// The logits of five tokens after a history.
std::vector<float> penalised(const std::vector<TokenId>& history, const SamplingSettings& settings,
                             std::vector<float> logits = {2, -2, 0, 4, kImpossible}) {
  RecentCounts recent(settings.penalty_last_n);
  for (std::size_t i = 1; i <= history.size(); ++i) recent.added(std::span(history).first(i));
  apply_penalties(logits, recent, settings);
  return logits;
}

TEST_CASE("sampling penalties: a repeated token's logit falls, whatever its sign") {
  const SamplingSettings settings{.repeat_penalty = 2};
  CHECK(penalised({}, settings) == std::vector<float>{2, -2, 0, 4, kImpossible});
  CHECK(penalised({0}, settings) == std::vector<float>{1, -2, 0, 4, kImpossible});
  CHECK(penalised({0, 1, 2, 0, 0, 4}, settings) == std::vector<float>{1, -4, 0, 4, kImpossible});
}

TEST_CASE("sampling penalties: frequency counts, presence does not") {
  CHECK(penalised({0, 0, 0, 3}, {.frequency_penalty = 0.5F}) ==
        std::vector<float>{0.5F, -2, 0, 3.5F, kImpossible});
  CHECK(penalised({0, 0, 0, 3}, {.presence_penalty = 0.5F}) ==
        std::vector<float>{1.5F, -2, 0, 3.5F, kImpossible});
  CHECK(penalised({1, 1}, {.frequency_penalty = -1, .presence_penalty = 0.25F}) ==
        std::vector<float>{2, -0.25F, 0, 4, kImpossible});
  // All three, in their order: 4 / 2 - 2 * 0.5 - 0.25.
  CHECK(
      penalised({3, 3}, {.repeat_penalty = 2, .frequency_penalty = 0.5F, .presence_penalty = 0.25F})
          .at(3) == 0.75F);
}

TEST_CASE("sampling penalties: only the last tokens count") {
  SamplingSettings settings{.penalty_last_n = 2, .presence_penalty = 1};
  CHECK(penalised({0, 1, 1}, settings) == std::vector<float>{2, -3, 0, 4, kImpossible});
  CHECK(penalised({0, 0, 3}, settings) == std::vector<float>{1, -2, 0, 3, kImpossible});
  settings.penalty_last_n = 0;
  CHECK(penalised({0, 0, 3}, settings) == std::vector<float>{2, -2, 0, 4, kImpossible});
  settings.penalty_last_n = {};
  CHECK(penalised({0, 1, 1, 3, 3, 3}, settings) == std::vector<float>{1, -3, 0, 3, kImpossible});
}

TEST_CASE("sampling penalties: none is too large to be computed") {
  constexpr float kMost = std::numeric_limits<float>::max();
  CHECK(penalised({0, 1}, {.repeat_penalty = kMost, .frequency_penalty = -kMost}) ==
        std::vector<float>{kMost, -kMost, 0, 4, kImpossible});
  CHECK(penalised({0, 1, 4}, {.frequency_penalty = kMost, .presence_penalty = kMost}) ==
        std::vector<float>{-kMost, -kMost, 0, 4, kImpossible});
}

TEST_CASE("sampling penalties: counts are kept up through every adding and taking back") {
  Random random(3);
  for (std::uint32_t last_n : {0U, 1U, 5U, 64U, UINT32_MAX}) {
    RecentCounts recent(last_n == UINT32_MAX ? std::nullopt : std::optional(last_n));
    std::vector<TokenId> history;
    for (int step = 0; step < 500; ++step) {
      if (!history.empty() && random.below(3) == 0) {
        recent.removing(history);
        history.pop_back();
      } else {
        history.push_back(static_cast<TokenId>(random.below(6)));
        recent.added(history);
      }
      std::unordered_map<TokenId, std::uint32_t> expected;
      const std::size_t seen = std::min<std::size_t>(last_n, history.size());
      for (TokenId token : std::span(history).last(seen)) ++expected[token];
      REQUIRE(recent.counts() == expected);
    }
  }
}

}  // namespace
}  // namespace temper::engine
