#include "engine/sampling/filters.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "base/format.h"
#include "base/random.h"
#include "engine/sampling/logits.h"

namespace temper::engine {
namespace {

using Filter = std::function<void(Candidates&)>;

std::vector<float> logits_of(const std::vector<double>& chances) {
  std::vector<float> logits;
  logits.reserve(chances.size());
  for (double chance : chances) {
    logits.push_back(chance == 0 ? kImpossible : static_cast<float>(std::log(chance) + 3));
  }
  return logits;
}

// The tokens that the filters leave of tokens with these chances.
std::string left(const std::vector<double>& chances, std::size_t k, const Filter& filter = {}) {
  Candidates candidates;
  take_top_k(logits_of(chances), k, candidates);
  if (filter) filter(candidates);
  std::string text;
  for (const Candidate& candidate : candidates.items) text += format("{} ", candidate.token);
  return text;
}
Filter top_p(float p) {
  return [p](Candidates& candidates) { keep_top_p(candidates, p); };
}
Filter min_p(float p) {
  return [p](Candidates& candidates) { keep_min_p(candidates, p); };
}
Filter typical(float p) {
  return [p](Candidates& candidates) { keep_typical(candidates, p); };
}

TEST_CASE("sampling filters: top-k is the likeliest, and of equals the lower ids") {
  const std::vector<double> chances = {0.1, 0.2, 0, 0.4, 0.2, 0.1};
  CHECK(left(chances, 0) == "0 1 3 4 5 ");
  CHECK(left(chances, 1) == "3 ");
  CHECK(left(chances, 2) == "3 1 ");
  CHECK(left(chances, 4) == "3 1 4 0 ");
  CHECK(left(chances, 5) == "3 1 4 0 5 ");
  CHECK(left(chances, 6) == "0 1 3 4 5 ");
  CHECK(left({0, 0, 0}, 2) == "");
  CHECK(left({0, 0, 0}, 0) == "");
}

TEST_CASE("sampling filters: top-p is the likeliest until they reach p") {
  const std::vector<double> chances = {0.0625, 0.5, 0.25, 0.125, 0.0625};
  CHECK(left(chances, 0, top_p(1)) == "0 1 2 3 4 ");
  CHECK(left(chances, 0, top_p(0.95F)) == "1 2 3 0 4 ");
  CHECK(left(chances, 0, top_p(0.9F)) == "1 2 3 0 ");
  CHECK(left(chances, 0, top_p(0.8F)) == "1 2 3 ");
  CHECK(left(chances, 0, top_p(0.7F)) == "1 2 ");
  CHECK(left(chances, 0, top_p(0.1F)) == "1 ");
  CHECK(left(chances, 0, top_p(0)) == "1 ");
  // Of what top-k leaves: 2/3 and 1/3.
  CHECK(left(chances, 2, top_p(0.7F)) == "1 2 ");
  CHECK(left(chances, 2, top_p(0.6F)) == "1 ");
}

TEST_CASE("sampling filters: min-p is measured by the likeliest") {
  const std::vector<double> chances = {0.0625, 0.5, 0.25, 0.125, 0.0625};
  CHECK(left(chances, 0, min_p(0)) == "0 1 2 3 4 ");
  CHECK(left(chances, 0, min_p(0.12F)) == "0 1 2 3 4 ");
  CHECK(left(chances, 0, min_p(0.13F)) == "1 2 3 ");
  CHECK(left(chances, 0, min_p(0.45F)) == "1 2 ");
  CHECK(left(chances, 0, min_p(1)) == "1 ");
  CHECK(left(chances, 3, min_p(0.3F)) == "1 2 ");
  CHECK(left({0.3, 0.3, 0.4, 0}, 0, min_p(0.7F)) == "0 1 2 ");
}

// Chances 0.5, 0.25, 0.125 and twice 0.0625: surprises of 1, 2, 3, 4 and 4 bits, of
// which 1.875 are expected. So the second is nearest, then the first, the third, the others.
TEST_CASE("sampling filters: typical is what surprises as much as is expected") {
  const std::vector<double> chances = {0.0625, 0.5, 0.25, 0.125, 0.0625};
  CHECK(left(chances, 0, typical(1)) == "0 1 2 3 4 ");
  CHECK(left(chances, 0, typical(0)) == "2 ");
  CHECK(left(chances, 0, typical(0.2F)) == "2 ");
  CHECK(left(chances, 0, typical(0.3F)) == "1 2 ");
  CHECK(left(chances, 0, typical(0.8F)) == "1 2 3 ");
  CHECK(left(chances, 0, typical(0.9F)) == "1 2 3 0 ");
  CHECK(left(chances, 0, typical(0.95F)) == "1 2 3 0 4 ");
  // The likeliest may go: 0.9 surprises by 0.15 bits, where 0.63 are expected.
  CHECK(left({0.4, 0.3, 0.3}, 0, typical(0.5F)) == "1 2 ");
}

TEST_CASE("sampling filters: with one candidate, or equal ones, each leaves some") {
  for (const Filter& filter : {top_p(0), min_p(1), typical(0)}) {
    CHECK(left({0, 1, 0}, 0, filter) == "1 ");
    CHECK(left({0, 0}, 0, filter) == "");
  }
  CHECK(left({0.25, 0.25, 0.25, 0.25}, 0, top_p(0.6F)) == "0 1 2 ");
  CHECK(left({0.25, 0.25, 0.25, 0.25}, 0, typical(0.6F)) == "0 1 2 ");
  CHECK(left({0.25, 0.25, 0.25, 0.25}, 0, min_p(1)) == "0 1 2 3 ");
}

// What the definitions say, with everything sorted, in doubles, one by one.
std::vector<Candidate> ranked(std::span<const float> logits) {
  std::vector<Candidate> items;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] != kImpossible) items.push_back({logits[i], static_cast<TokenId>(i)});
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Candidate& a, const Candidate& b) { return a.logit > b.logit; });
  return items;
}

std::vector<double> chances_of(const std::vector<Candidate>& items) {
  double sum = 0;
  for (const Candidate& item : items) sum += std::exp(double{item.logit} - items.front().logit);
  std::vector<double> chances;
  chances.reserve(items.size());
  for (const Candidate& item : items) {
    chances.push_back(std::exp(double{item.logit} - items.front().logit) / sum);
  }
  return chances;
}

std::vector<Candidate> naive_top_p(std::vector<Candidate> items, double p) {
  const std::vector<double> chances = chances_of(items);
  double reached = 0;
  std::size_t count = 0;
  while (count < items.size() && (count == 0 || reached < p)) reached += chances[count++];
  items.resize(count);
  return items;
}

std::vector<Candidate> naive_min_p(std::vector<Candidate> items, double p) {
  const double least = items.front().logit + std::log(p);
  std::erase_if(items, [&](const Candidate& item) { return item.logit < least; });
  return items;
}

std::vector<Candidate> naive_typical(const std::vector<Candidate>& items, double p) {
  const std::vector<double> chances = chances_of(items);
  double entropy = 0;
  for (double chance : chances) entropy -= chance * std::log(chance);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < items.size(); ++i) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(-std::log(chances[a]) - entropy) < std::abs(-std::log(chances[b]) - entropy);
  });
  std::vector<std::size_t> places;
  double reached = 0;
  for (std::size_t i = 0; i < order.size() && (i == 0 || reached < p); ++i) {
    places.push_back(order[i]);
    reached += chances[order[i]];
  }
  std::sort(places.begin(), places.end());
  std::vector<Candidate> kept;
  kept.reserve(places.size());
  for (std::size_t place : places) kept.push_back(items[place]);
  return kept;
}

float highest_in(const std::vector<Candidate>& items) {
  return std::ranges::max_element(items, {}, &Candidate::logit)->logit;
}

// By id, for what was never ranked is in that order.
std::vector<Candidate> by_id(std::vector<Candidate> items) {
  std::sort(items.begin(), items.end(),
            [](const Candidate& a, const Candidate& b) { return a.token < b.token; });
  return items;
}

TEST_CASE("sampling filters: on random logits they agree with their definitions") {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    // Few different values in every third round, so that there are ties.
    const std::size_t size = 1 + random.below(round % 10 == 0 ? 5000 : 200);
    const double spread = 0.1 + 12 * random.unit();
    std::vector<float> logits(size);
    for (float& logit : logits) {
      const double value = spread * (random.unit() + random.unit());
      logit = static_cast<float>(round % 3 == 0 ? std::round(value) : value);
      if (random.below(10) == 0) logit = kImpossible;
    }
    logits[random.below(size)] = 1;
    const std::vector<Candidate> all = ranked(logits);

    const std::size_t k = random.below(2) == 0 ? 0 : 1 + random.below(size + 2);
    std::vector<Candidate> some = all;
    if (k > 0 && k < some.size()) some.resize(k);
    const auto filtered = [&](const Filter& filter) {
      Candidates candidates;
      take_top_k(logits, k, candidates);
      filter(candidates);
      CHECK(candidates.highest == highest_in(candidates.items));
      return by_id(candidates.items);
    };
    // Away from where a hair decides.
    const auto p = static_cast<float>(static_cast<double>(1 + random.below(999)) / 1000 + 0.00013);
    CHECK(filtered([](Candidates&) {}) == by_id(some));
    CHECK(filtered(top_p(p)) == by_id(naive_top_p(some, p)));
    CHECK(filtered(min_p(p)) == by_id(naive_min_p(some, p)));
    CHECK(filtered(typical(p)) == by_id(naive_typical(some, p)));
  }
}

TEST_CASE("sampling filters: a large k is taken as exactly as a small one") {
  Random random(8);
  std::vector<float> logits(20'000);
  for (float& logit : logits) logit = static_cast<float>(random.below(3000));
  const std::vector<Candidate> all = ranked(logits);
  for (std::size_t k : std::vector<std::size_t>{1, 63, 64, 65, 1000, 1024, 1025, 5000, 19'999}) {
    Candidates candidates;
    take_top_k(logits, k, candidates);
    CHECK(candidates.ranked == k);
    CHECK(std::equal(candidates.items.begin(), candidates.items.end(), all.begin(),
                     all.begin() + static_cast<std::ptrdiff_t>(k)));
  }
}

}  // namespace
}  // namespace temper::engine
