// Values to Q6_K: a scale for each sub-block by search, then the integers that stand
// for them, then the scale that all have in common.
#include <algorithm>

#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/normalised.h"
#include "engine/quant/scale_search.h"

namespace temper::engine {
namespace {

constexpr Levels kLevels{-32, 31};
constexpr int kLeastScale = -128;
constexpr int kMostScale = 127;

using Block = Normalised<256>;

struct Choice {
  HalfBits scale = 0;
  std::array<int, 16> scales{};
  float error = 0;
};

float scale_of(const Block& block, const Choice& choice, std::size_t sub) {
  return block.from_half(choice.scale) * static_cast<float>(choice.scales[sub]);
}

Choice first_choice(const Block& block) {
  std::array<float, 16> scales;
  for (std::size_t sub = 0; sub < 16; ++sub) {
    scales[sub] = find_scale(part_of<16>(block, sub), kLevels);
  }
  const auto by_magnitude = [](float a, float b) { return std::fabs(a) < std::fabs(b); };
  const float extreme = *std::max_element(scales.begin(), scales.end(), by_magnitude);
  Choice choice;
  choice.scale = block.to_half(extreme / kLeastScale, -kLeastScale);
  const float per_scale = inverse(block.from_half(choice.scale));
  for (std::size_t sub = 0; sub < 16; ++sub) {
    choice.scales[sub] =
        static_cast<int>(round_into(scales[sub] * per_scale, kLeastScale, kMostScale));
  }
  return choice;
}

// The scale of each sub-block, or one near it: whichever is best. Sets the error.
void choose_scales(const Block& block, Choice& choice) {
  constexpr int kReach = 2;
  choice.error = 0;
  for (std::size_t sub = 0; sub < 16; ++sub) {
    const int before = choice.scales[sub];
    float least_error = std::numeric_limits<float>::infinity();
    for (int scale = std::max(before - kReach, kLeastScale);
         scale <= std::min(before + kReach, kMostScale); ++scale) {
      const float error =
          error_of(part_of<16>(block, sub),
                   block.from_half(choice.scale) * static_cast<float>(scale), 0, kLevels);
      if (!(error < least_error)) continue;
      least_error = error;
      choice.scales[sub] = scale;
    }
    choice.error += least_error;
  }
}

// The common scale that is best for the integers that were chosen.
void fit_scale(const Block& block, Choice& choice) {
  double products = 0;
  double squares = 0;
  for (std::size_t sub = 0; sub < 16; ++sub) {
    const Part<16> part = part_of<16>(block, sub);
    const float per_step = inverse(scale_of(block, choice, sub));
    for (std::size_t i = 0; i < 16; ++i) {
      const double q =
          static_cast<double>(round_into(part.values[i] * per_step, kLevels.least, kLevels.most)) *
          choice.scales[sub];
      products += part.weights[i] * q * part.values[i];
      squares += part.weights[i] * q * q;
    }
  }
  if (squares > 0)
    choice.scale = block.to_half(static_cast<float>(products / squares), -kLeastScale);
}

Choice find_choice(const Block& block) {
  Choice best = first_choice(block);
  choose_scales(block, best);
  Choice next = best;
  fit_scale(block, next);
  choose_scales(block, next);
  return next.error < best.error ? next : best;
}

// Puts q, from 0 to 63, where decode_q6_k looks for element i.
void put(BlockQ6K& block, std::size_t i, unsigned q) {
  const std::size_t half = i / 128;
  const std::size_t plane = i % 128 / 32;
  const std::size_t j = i % 32;
  std::uint8_t& low = block.low_bits[64 * half + 32 * (plane % 2) + j];
  std::uint8_t& high = block.high_bits[32 * half + j];
  low = static_cast<std::uint8_t>(low | (q & 15) << (4 * (plane / 2)));
  high = static_cast<std::uint8_t>(high | q >> 4 << (2 * plane));
}

BlockQ6K encode_block(const float* values) {
  BlockQ6K encoded{};
  const Block block(values);
  Choice choice;
  if (block.unit != 0) choice = find_choice(block);
  encoded.scale = choice.scale;
  for (std::size_t sub = 0; sub < 16; ++sub) {
    encoded.scales[sub] = static_cast<std::int8_t>(choice.scales[sub]);
    const float per_step = block.unit == 0 ? 0 : inverse(scale_of(block, choice, sub));
    for (std::size_t i = 16 * sub; i < 16 * sub + 16; ++i) {
      const float value = block.unit == 0 ? 0 : block.values[i];
      const float q = round_into(value * per_step, kLevels.least, kLevels.most);
      put(encoded, i, static_cast<unsigned>(q - kLevels.least));
    }
  }
  return encoded;
}

}  // namespace

void encode_q6_k(const float* values, std::size_t block_count, std::byte* blocks) {
  encode_each<BlockQ6K>(values, block_count, blocks, encode_block);
}

}  // namespace temper::engine
