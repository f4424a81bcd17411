#include "engine/sampling/logits.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "engine/sampling/weights.h"

namespace temper::engine {
namespace {

constexpr float kMost = std::numeric_limits<float>::max();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_CASE("sampling logits: what is no finite number becomes one, or impossible") {
  std::vector<float> out;
  const std::vector<float> logits = {1, NAN, -NAN, kInfinity, -kInfinity, kMost, -kMost, -0.0F};
  copy_allowed(logits, {}, out);
  CHECK(out ==
        std::vector<float>{1, kImpossible, kImpossible, kMost, kImpossible, kMost, -kMost, -0.0F});
}

TEST_CASE("sampling logits: a mask leaves its tokens, for any size of the vocabulary") {
  Random random(1);
  for (std::size_t size : std::vector<std::size_t>{0, 1, 63, 64, 65, 128, 200}) {
    std::vector<float> logits(size);
    for (float& logit : logits) logit = static_cast<float>(random.unit());
    if (size > 3) logits[3] = NAN;
    std::vector<std::uint64_t> words(TokenMask::words_for(size));
    for (std::uint64_t& word : words) word = random.next() | random.next();
    if (words.size() > 1) words[1] = size == 128 ? 0 : ~std::uint64_t{0};
    std::vector<float> expected(size);
    for (std::size_t i = 0; i < size; ++i) {
      const bool allowed = (words[i / 64] >> (i % 64) & 1) != 0;
      CHECK(TokenMask{words}.allows(static_cast<TokenId>(i)) == allowed);
      expected[i] = allowed && logits[i] >= 0 ? logits[i] : kImpossible;
    }
    std::vector<float> out;
    copy_allowed(logits, {words}, out);
    CHECK(out == expected);
  }
}

TEST_CASE("sampling logits: a change forbids nothing, and allows nothing") {
  CHECK(changed_logit(1, 0.5) == 0.5F);
  CHECK(changed_logit(1, -1e300) == -kMost);
  CHECK(changed_logit(1, -std::numeric_limits<double>::infinity()) == -kMost);
  CHECK(changed_logit(1, 1e300) == kMost);
  CHECK(changed_logit(kImpossible, 5) == kImpossible);
}

TEST_CASE("sampling weights: e^x to seven digits, down to where floats end") {
  double worst = 0;
  for (int i = 0; i <= 870'000; ++i) {
    const float power = static_cast<float>(i) * -0.0001F;
    const double exact = std::exp(double{power});
    worst = std::max(worst, std::abs(exp_of(power) / exact - 1));
  }
  CHECK(worst < 2e-7);
  CHECK(exp_of(0) == 1);
  CHECK(exp_of(-0.0F) == 1);
  CHECK(exp_of(-87) > 0);
  for (float power : {-87.001F, -1000.0F, -kMost, -kInfinity}) CHECK(exp_of(power) == 0);
}

TEST_CASE("sampling weights: sums are those of the parts, whatever the count") {
  Random random(2);
  for (std::size_t size : std::vector<std::size_t>{1, 2, 63, 64, 65, 1000}) {
    std::vector<float> logits(size);
    std::vector<Candidate> candidates;
    for (float& logit : logits) {
      logit = static_cast<float>(10 * random.unit());
      candidates.push_back({logit, static_cast<TokenId>(candidates.size())});
    }
    const float highest = highest_of(logits);
    CHECK(highest == *std::max_element(logits.begin(), logits.end()));
    double sum = 0;
    double scaled = 0;
    for (float logit : logits) {
      sum += std::exp(double{logit} - highest);
      scaled += std::exp(2 * (double{logit} - highest));
    }
    CHECK(sum_of_weights(logits, highest) == doctest::Approx(sum).epsilon(1e-6));
    CHECK(sum_of_weights(candidates, highest) == doctest::Approx(sum).epsilon(1e-6));
    std::vector<float> weights;
    CHECK(weigh(candidates, highest, 2, weights) == doctest::Approx(scaled).epsilon(1e-6));
    REQUIRE(weights.size() == size);
    for (std::size_t i = 0; i < size; ++i) {
      CHECK(weights[i] ==
            doctest::Approx(std::exp(2 * (double{logits[i]} - highest))).epsilon(1e-6));
    }
  }
  CHECK(highest_of({}) == kImpossible);
}

}  // namespace
}  // namespace temper::engine
