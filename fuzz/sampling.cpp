// Any settings, logits, masks and histories: refused in a sentence, or a token that is
// allowed comes, the same for the same seed, and with chances that are chances.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/verify.h"
#include "engine/sampling/sampler.h"

namespace temper::engine {
namespace {

// What the bytes say, and zeros after them.
class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  std::uint32_t word() {
    std::uint32_t bits = 0;
    for (int i = 0; i < 4; ++i) bits = bits << 8 | byte();
    return bits;
  }
  // Mostly small and in range, sometimes any float at all.
  float number() {
    const std::uint8_t kind = byte();
    if (kind < 8) return std::bit_cast<float>(word());
    return static_cast<float>(static_cast<std::int8_t>(byte())) / static_cast<float>(kind % 8 + 1);
  }
  float share() {
    const std::uint8_t kind = byte();
    return kind == 255 ? number() : static_cast<float>(kind) / 254;
  }
  std::optional<std::uint32_t> some() {
    const std::uint8_t count = byte();
    return count > 200 ? std::nullopt : std::optional<std::uint32_t>(count);
  }
  TokenId token(std::size_t vocabulary_size) {
    const std::uint8_t id = byte();
    return id == 255 ? -1 : static_cast<TokenId>(id % (vocabulary_size + 1));
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

SamplingSettings read_settings(Bytes& bytes, std::size_t size) {
  SamplingSettings settings;
  settings.temperature = std::abs(bytes.number());
  settings.top_k = bytes.byte();
  settings.top_p = bytes.share();
  settings.min_p = bytes.share();
  settings.typical_p = bytes.share();
  settings.penalty_last_n = bytes.some();
  settings.repeat_penalty = bytes.number();
  settings.frequency_penalty = bytes.number();
  settings.presence_penalty = bytes.number();
  settings.dry.multiplier = std::abs(bytes.number());
  settings.dry.base = 1 + std::abs(bytes.number());
  settings.dry.allowed_length = bytes.byte() % 4;
  settings.dry.last_n = bytes.some();
  for (int i = bytes.byte() % 3; i > 0; --i) {
    std::vector<TokenId>& breaker = settings.dry.sequence_breakers.emplace_back();
    for (int j = bytes.byte() % 4; j > 0; --j) breaker.push_back(bytes.token(size));
  }
  for (int i = bytes.byte() % 4; i > 0; --i) {
    const TokenId token = bytes.token(size);
    settings.logit_bias[token] = bytes.number();
  }
  for (int i = bytes.byte() % 4; i > 0; --i) settings.suppressed.push_back(bytes.token(size));
  settings.seed = bytes.byte();
  settings.logprobs = bytes.some();
  return settings;
}

bool may_come(TokenId token, const SamplingSettings& settings, std::span<const float> logits,
              TokenMask mask) {
  const auto bias = settings.logit_bias.find(token);
  return mask.allows(token) && logits[static_cast<std::size_t>(token)] > -INFINITY &&
         (bias == settings.logit_bias.end() || bias->second > -INFINITY) &&
         std::ranges::find(settings.suppressed, token) == settings.suppressed.end();
}

void check_chances(Sampler& sampler, std::span<const float> logits, TokenMask mask, TokenId drawn) {
  const SamplingSettings& settings = sampler.settings();
  const auto chances = sampler.chances(logits, mask);
  VERIFY(chances.ok(), "what was drawn from has chances");
  double sum = 0;
  bool found = false;
  for (const auto& [token, chance] : *chances) {
    VERIFY(chance >= 0 && may_come(token, settings, logits, mask),
           "only what may come has chances");
    sum += chance;
    found = found || (token == drawn && chance > 0);
  }
  VERIFY(std::abs(sum - 1) < 1e-5 && found, "chances sum to 1, and what is drawn has some");
  VERIFY(settings.top_k == 0 || chances->size() <= settings.top_k, "top-k leaves k at most");
  VERIFY(settings.temperature > 0 || chances->size() == 1, "without temperature one is left");
}

void check_logprobs(const Sampled& sampled, const SamplingSettings& settings) {
  VERIFY(sampled.logprob.has_value() == settings.logprobs.has_value(), "they come when asked for");
  VERIFY(sampled.top.size() <= settings.logprobs.value_or(0), "and no more than are asked for");
  if (!sampled.logprob) return;
  VERIFY(*sampled.logprob < 1e-5, "a logarithm of a probability is at most 0");
  for (std::size_t i = 1; i < sampled.top.size(); ++i) {
    // Equal ones may be of logits that differ by less than the logarithms can say.
    VERIFY(sampled.top[i - 1].logprob >= sampled.top[i].logprob, "the likeliest come first");
  }
}

void check(Bytes bytes) {
  const std::size_t size = 1 + bytes.byte() % 150;
  const SamplingSettings settings = read_settings(bytes, size);
  Result<Sampler> created = Sampler::create(settings, size);
  if (!created) {
    VERIFY(created.error().code == Code::Invalid && created.error().message.size() < 200,
           "settings are refused in a sentence");
    return;
  }
  Sampler sampler = *std::move(created);
  for (int i = bytes.byte(); i > 0; --i) {
    sampler.accept(static_cast<TokenId>(bytes.byte() % size));
  }
  std::array<std::uint64_t, 3> words{};
  for (std::uint64_t& word : words) word = std::uint64_t{bytes.word()} << 32 | bytes.word();
  const TokenMask mask = bytes.byte() % 2 == 0 ? TokenMask{} : TokenMask{words};

  // The numbers begin anew where they end.
  std::vector<float> logits;
  while (logits.size() < size && !bytes.empty()) logits.push_back(bytes.number());
  const std::size_t given = logits.size();
  for (std::size_t i = 0; logits.size() < size; ++i) logits.push_back(given == 0 ? 0 : logits[i]);

  Sampler copy = sampler;
  const Result<Sampled> sampled = sampler.sample(logits, mask);
  bool any = false;
  for (std::size_t i = 0; i < size; ++i) {
    any = any || may_come(static_cast<TokenId>(i), settings, logits, mask);
  }
  VERIFY(sampled.ok() == any, "a token comes where one may");
  if (!sampled) return;
  VERIFY(may_come(sampled->token, settings, logits, mask), "what comes may come");
  check_logprobs(*sampled, settings);
  check_chances(sampler, logits, mask, sampled->token);

  sampler.accept(sampled->token);
  sampler.accept(0);
  sampler.rewind(2);
  VERIFY(*sampler.chances(logits, mask) == *copy.chances(logits, mask), "a rewind goes back");
  VERIFY(copy.sample(logits, mask)->token == sampled->token, "the same seed draws the same");
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  temper::engine::check(temper::engine::Bytes(std::span(data, size)));
  return 0;
}
