#include "engine/sampling/sampler.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/format.h"

namespace temper::engine {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Nothing filtered, nothing changed.
SamplingSettings plain() {
  return {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0, .dry = {}, .logit_bias = {}};
}

Sampler sampler_of(const SamplingSettings& settings, std::size_t vocabulary_size) {
  Result<Sampler> sampler = Sampler::create(settings, vocabulary_size);
  REQUIRE_MESSAGE(sampler.ok(), sampler.error().message);
  return *std::move(sampler);
}

std::vector<float> logits_of(const std::vector<double>& chances) {
  std::vector<float> logits;
  logits.reserve(chances.size());
  for (double chance : chances) logits.push_back(static_cast<float>(std::log(chance)));
  return logits;
}

// "0:0.5000 3:0.2500": what would be drawn from.
std::string shown(const Result<std::vector<TokenChance>>& chances) {
  if (!chances) return chances.error().message;
  std::string text;
  for (const TokenChance& chance : *chances) {
    text += format("{}{}:{:.4f}", text.empty() ? "" : " ", chance.token, chance.chance);
  }
  return text;
}

std::string chances(const SamplingSettings& settings, const std::vector<float>& logits,
                    const std::vector<TokenId>& history = {}, TokenMask mask = {}) {
  Sampler sampler = sampler_of(settings, logits.size());
  for (TokenId token : history) sampler.accept(token);
  return shown(sampler.chances(logits, mask));
}

std::vector<TokenId> draw(Sampler& sampler, const std::vector<float>& logits, int count) {
  std::vector<TokenId> drawn;
  for (int i = 0; i < count; ++i) {
    const Result<Sampled> sampled = sampler.sample(logits);
    REQUIRE(sampled.ok());
    drawn.push_back(sampled->token);
    sampler.accept(sampled->token);
  }
  return drawn;
}

TEST_CASE("sampler: without settings it draws from the model's own chances") {
  CHECK(chances(plain(), logits_of({0.5, 0.125, 0.25, 0.125})) ==
        "0:0.5000 1:0.1250 2:0.2500 3:0.1250");
}

TEST_CASE("sampler: the temperature sharpens and flattens") {
  SamplingSettings settings = plain();
  // Chances to the power of 2, of 1/2, and of nearly none.
  settings.temperature = 0.5F;
  CHECK(chances(settings, logits_of({0.6, 0.3, 0.1})) == "0:0.7826 1:0.1957 2:0.0217");
  settings.temperature = 2;
  CHECK(chances(settings, logits_of({0.64, 0.32, 0.04})) == "0:0.5110 1:0.3613 2:0.1277");
  settings.temperature = 1e30F;
  CHECK(chances(settings, {5, -5}) == "0:0.5000 1:0.5000");
  settings.temperature = 1e-45F;
  CHECK(chances(settings, {1, 5, 5, 4.9F}) == "0:0.0000 1:0.5000 2:0.5000 3:0.0000");
}

TEST_CASE("sampler: at temperature 0 it takes the likeliest, of equals the lower id") {
  SamplingSettings settings;
  settings.temperature = 0;
  CHECK(chances(settings, {1, 3, 3, 2}) == "1:1.0000");
  CHECK(chances(settings, {-kInfinity, -3, NAN}) == "1:1.0000");
  // No filter takes part, but all that changes logits does.
  settings.typical_p = 0;
  CHECK(chances(settings, logits_of({0.4, 0.3, 0.3})) == "0:1.0000");
  settings.presence_penalty = 10;
  CHECK(chances(settings, {1, 3, 3, 2}, {1}) == "2:1.0000");
  settings.logit_bias = {{3, 2.0F}};
  CHECK(chances(settings, {1, 3, 3, 2}, {1}) == "3:1.0000");
  settings.suppressed = {3};
  CHECK(chances(settings, {1, 3, 3, 2}, {1}) == "2:1.0000");
}

TEST_CASE("sampler: the filters act one after the other, and the temperature last") {
  SamplingSettings settings = plain();
  const std::vector<float> logits = logits_of({0.4, 0.2, 0.2, 0.1, 0.1});
  settings.top_k = 4;
  CHECK(chances(settings, logits) == "0:0.4444 1:0.2222 2:0.2222 3:0.1111");
  settings.top_p = 0.85F;  // of 4/9, 2/9 and 2/9: 8/9
  CHECK(chances(settings, logits) == "0:0.5000 1:0.2500 2:0.2500");
  settings.min_p = 0.6F;
  CHECK(chances(settings, logits) == "0:1.0000");
  settings.min_p = 0.4F;
  settings.temperature = 0.5F;  // 4, 1 and 1 of 6
  CHECK(chances(settings, logits) == "0:0.6667 1:0.1667 2:0.1667");
  // Before top-p: 0.2 surprises nearest to what is expected.
  settings.typical_p = 0.3F;
  CHECK(chances(settings, logits) == "1:0.5000 2:0.5000");
}

TEST_CASE("sampler: biases, suppression and masks") {
  SamplingSettings settings = plain();
  settings.logit_bias = {{0, std::log(2.0F)}, {2, -kInfinity}};
  CHECK(chances(settings, logits_of({0.25, 0.25, 0.25, 0.25})) == "0:0.5000 1:0.2500 3:0.2500");
  settings.suppressed = {0};
  CHECK(chances(settings, logits_of({0.25, 0.25, 0.25, 0.25})) == "1:0.5000 3:0.5000");
  const std::vector<std::uint64_t> words = {0b0111};
  CHECK(chances(settings, logits_of({0.25, 0.25, 0.25, 0.25}), {}, {words}) == "1:1.0000");
  // A bias raises nothing that cannot be, and is never too large.
  settings = plain();
  settings.logit_bias = {{0, 3e38F}, {1, 3e38F}};
  CHECK(chances(settings, {-kInfinity, 3e38F, kInfinity}) == "1:0.5000 2:0.5000");
}

TEST_CASE("sampler: where no token is left it says so") {
  const std::string none =
      "none of the 3 tokens may come next: each is forbidden by the settings or the grammar, or "
      "the "
      "model's logits are no numbers";
  SamplingSettings settings = plain();
  CHECK(chances(settings, {NAN, NAN, -kInfinity}) == none);
  const std::vector<std::uint64_t> nothing = {0};
  CHECK(chances(settings, {1, 2, 3}, {}, {nothing}) == none);
  settings.temperature = 0;
  CHECK(chances(settings, {1, 2, 3}, {}, {nothing}) == none);
  settings.suppressed = {0, 1, 2};
  CHECK(chances(settings, {1, 2, 3}) == none);
  CHECK(!sampler_of(settings, 3).sample(std::vector<float>{1, 2, 3}).ok());
  CHECK(Sampler::create({.temperature = -1}, 3).error().message ==
        "temperature is -1, but must be a number, 0 or more");
}

TEST_CASE("sampler: penalties and DRY look at what was accepted") {
  SamplingSettings settings = plain();
  settings.presence_penalty = std::log(2.0F);
  const std::vector<float> even = logits_of({0.25, 0.25, 0.25, 0.25});
  CHECK(chances(settings, even, {0, 0, 3}) == "0:0.1667 1:0.3333 2:0.3333 3:0.1667");
  settings = plain();
  settings.dry = {.multiplier = std::log(2.0F), .base = 2};
  CHECK(chances(settings, even, {0, 1, 2, 0, 1}) == "0:0.2857 1:0.2857 2:0.1429 3:0.2857");
}

TEST_CASE("sampler: draws are as frequent as they are likely") {
  SamplingSettings settings = plain();
  settings.seed = 42;
  Sampler sampler = sampler_of(settings, 4);
  std::vector<int> counts(4);
  for (TokenId token : draw(sampler, logits_of({0.5, 0.25, 0.1875, 0.0625}), 16'000)) {
    ++counts[static_cast<std::size_t>(token)];
  }
  // Expected are 8000, 4000, 3000 and 1000; three standard deviations are 190, 164, 148, 92.
  CHECK(counts == std::vector<int>{7993, 4017, 2990, 1000});
}

TEST_CASE("sampler: the same seed draws the same, another one does not") {
  const std::vector<float> logits = logits_of({0.2, 0.3, 0.1, 0.2, 0.2});
  const auto drawn = [&](std::uint64_t seed) {
    SamplingSettings settings = plain();
    settings.seed = seed;
    Sampler sampler = sampler_of(settings, logits.size());
    return draw(sampler, logits, 20);
  };
  CHECK(drawn(1) == drawn(1));
  CHECK(drawn(1) != drawn(2));
  CHECK(drawn(7) ==
        std::vector<TokenId>{0, 0, 3, 1, 4, 1, 3, 1, 4, 0, 0, 0, 3, 0, 1, 0, 0, 0, 0, 3});
}

TEST_CASE("sampler: one random number is drawn for each token, and none where none is needed") {
  SamplingSettings settings = plain();
  settings.seed = 7;
  Sampler sampler = sampler_of(settings, 5);
  Random random(7);
  const std::vector<float> even(5, 0.0F);
  for (int i = 0; i < 100; ++i) {
    CHECK(sampler.sample(even)->token == static_cast<TokenId>(5 * random.unit()));
  }
  // What cannot be drawn from draws nothing either, and asking for chances does not.
  CHECK(!sampler.sample(std::vector<float>(5, NAN)).ok());
  CHECK(sampler.chances(even).ok());
  CHECK(sampler.sample(even)->token == static_cast<TokenId>(5 * random.unit()));
}

TEST_CASE("sampler: a copy goes on as the original would") {
  SamplingSettings settings = plain();
  settings.frequency_penalty = 0.3F;
  const std::vector<float> logits = logits_of({0.2, 0.3, 0.1, 0.2, 0.2});
  Sampler original = sampler_of(settings, logits.size());
  draw(original, logits, 30);
  Sampler copy = original;
  CHECK(copy.history() == original.history());
  const std::vector<TokenId> drawn = draw(original, logits, 30);
  CHECK(draw(copy, logits, 30) == drawn);
  Sampler assigned = sampler_of(plain(), logits.size());
  assigned = copy;
  CHECK(draw(assigned, logits, 10) == draw(original, logits, 10));
}

TEST_CASE("sampler: what is taken back is as if it had never been accepted") {
  SamplingSettings settings = plain();
  settings.penalty_last_n = 3;
  settings.repeat_penalty = 1.5F;
  settings.frequency_penalty = 0.5F;
  settings.dry = {.multiplier = 1};
  const std::vector<float> logits = {1, 2, 3, -1};
  Sampler sampler = sampler_of(settings, logits.size());
  std::vector<std::string> seen = {shown(sampler.chances(logits))};
  const std::vector<TokenId> tokens = {0, 1, 2, 0, 1, 2, 2, 3};
  for (TokenId token : tokens) {
    sampler.accept(token);
    seen.push_back(shown(sampler.chances(logits)));
  }
  sampler.rewind(0);
  CHECK(shown(sampler.chances(logits)) == seen[8]);
  sampler.rewind(3);
  CHECK(sampler.history() == std::vector<TokenId>{0, 1, 2, 0, 1});
  CHECK(shown(sampler.chances(logits)) == seen[5]);
  sampler.accept(2);
  CHECK(shown(sampler.chances(logits)) == seen[6]);
  sampler.rewind(6);
  CHECK(shown(sampler.chances(logits)) == seen[0]);
}

std::string shown_logprobs(const Sampled& sampled) {
  std::string text = format("{}", sampled.token);
  if (sampled.logprob) text += format(" {:.4f}", *sampled.logprob);
  for (const TokenLogprob& top : sampled.top)
    text += format(" | {} {:.4f}", top.token, top.logprob);
  return text;
}

TEST_CASE("sampler: log-probabilities are the model's own, whatever the settings") {
  SamplingSettings settings = plain();
  settings.temperature = 0;
  settings.suppressed = {1};
  settings.presence_penalty = 5;
  const std::vector<float> logits = logits_of({0.25, 0.5, 0.125, 0.125});
  const auto sampled = [&](std::optional<std::uint32_t> logprobs) {
    settings.logprobs = logprobs;
    Sampler sampler = sampler_of(settings, 4);
    sampler.accept(0);
    return shown_logprobs(*sampler.sample(logits));
  };
  CHECK(sampled({}) == "2");
  CHECK(sampled(0) == "2 -2.0794");
  CHECK(sampled(2) == "2 -2.0794 | 1 -0.6931 | 0 -1.3863");
  CHECK(sampled(9) == "2 -2.0794 | 1 -0.6931 | 0 -1.3863 | 2 -2.0794 | 3 -2.0794");
  // Fewer where fewer are possible.
  settings = plain();
  settings.logprobs = 5;
  Sampler sampler = sampler_of(settings, 4);
  CHECK(shown_logprobs(*sampler.sample(std::vector<float>{NAN, 0, -kInfinity, NAN})) ==
        "1 0.0000 | 1 0.0000");
}

TEST_CASE("sampler: neither a shift of all logits nor tokens that cannot be change a draw") {
  SamplingSettings settings;
  settings.seed = 3;
  const std::vector<float> logits = {1.5F, 0.25F, 2, -3, 0.5F, 1};
  std::vector<float> shifted = logits;
  for (float& logit : shifted) logit += 64;
  std::vector<float> longer = logits;
  longer.resize(500, -kInfinity);
  Sampler one = sampler_of(settings, 6);
  Sampler two = sampler_of(settings, 6);
  Sampler three = sampler_of(settings, 500);
  const std::vector<TokenId> drawn = draw(one, logits, 200);
  CHECK(draw(two, shifted, 200) == drawn);
  CHECK(draw(three, longer, 200) == drawn);
}

}  // namespace
}  // namespace temper::engine
