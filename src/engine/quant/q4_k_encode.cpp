// Values to Q4_K: a line for each sub-block by search, then the integers that stand for
// their scales and mins, then the two scales that all have in common, each as good as
// the others allow.
#include <algorithm>

#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/k_scales.h"
#include "engine/quant/normalised.h"
#include "engine/quant/scale_search.h"

namespace temper::engine {
namespace {

constexpr Levels kLevels{0, 15};
constexpr int kMostSix = 63;

using Block = Normalised<256>;

struct Choice {
  HalfBits scale = 0;
  HalfBits min_scale = 0;
  ScalesAndMins parts{};
  float error = 0;
};

Line line_of(const Block& block, const Choice& choice, std::size_t sub) {
  return {block.from_half(choice.scale) * static_cast<float>(choice.parts.scales[sub]),
          -block.from_half(choice.min_scale) * static_cast<float>(choice.parts.mins[sub])};
}

// Lines of their own for all sub-blocks, rounded to what can be written.
Choice first_choice(const Block& block) {
  std::array<Line, 8> lines;
  float largest_scale = 0;
  float largest_min = 0;
  for (std::size_t sub = 0; sub < 8; ++sub) {
    lines[sub] = find_line(part_of<32>(block, sub), kLevels.most);
    largest_scale = std::max(largest_scale, lines[sub].scale);
    largest_min = std::max(largest_min, -lines[sub].offset);
  }
  Choice choice;
  choice.scale = block.to_half(largest_scale / kMostSix, kMostSix);
  choice.min_scale = block.to_half(largest_min / kMostSix, kMostSix);
  const float per_scale = inverse(block.from_half(choice.scale));
  const float per_min = inverse(block.from_half(choice.min_scale));
  for (std::size_t sub = 0; sub < 8; ++sub) {
    choice.parts.scales[sub] =
        static_cast<int>(round_into(lines[sub].scale * per_scale, 0, kMostSix));
    choice.parts.mins[sub] =
        static_cast<int>(round_into(-lines[sub].offset * per_min, 0, kMostSix));
  }
  return choice;
}

// Scale and min of each sub-block, or their neighbours: whichever are best together.
// Sets the error.
void choose_parts(const Block& block, Choice& choice) {
  choice.error = 0;
  for (std::size_t sub = 0; sub < 8; ++sub) {
    const ScalesAndMins before = choice.parts;
    const int scale = before.scales[sub];
    const int min = before.mins[sub];
    float least_error = std::numeric_limits<float>::infinity();
    Choice tried = choice;
    for (int s = std::max(scale - 1, 0); s <= std::min(scale + 1, kMostSix); ++s) {
      for (int m = std::max(min - 1, 0); m <= std::min(min + 1, kMostSix); ++m) {
        tried.parts.scales[sub] = s;
        tried.parts.mins[sub] = m;
        const Line line = line_of(block, tried, sub);
        const float error = error_of(part_of<32>(block, sub), line.scale, line.offset, kLevels);
        if (!(error < least_error)) continue;
        least_error = error;
        choice.parts.scales[sub] = s;
        choice.parts.mins[sub] = m;
      }
    }
    choice.error += least_error;
  }
}

// The two scales that are best for the integers that were chosen, by least squares.
void fit_scales(const Block& block, Choice& choice) {
  // Of the terms scale * (s * q) - min_scale * m, and the values.
  double qq = 0, qm = 0, mm = 0, qv = 0, mv = 0;
  for (std::size_t sub = 0; sub < 8; ++sub) {
    const Part<32> part = part_of<32>(block, sub);
    const Line line = line_of(block, choice, sub);
    const float per_step = inverse(line.scale);
    const double m = -choice.parts.mins[sub];
    const double s = choice.parts.scales[sub];
    for (std::size_t i = 0; i < 32; ++i) {
      const double weight = part.weights[i];
      const double value = part.values[i];
      const double q =
          s * round_into((part.values[i] - line.offset) * per_step, kLevels.least, kLevels.most);
      qq += weight * q * q;
      qm += weight * q * m;
      mm += weight * m * m;
      qv += weight * q * value;
      mv += weight * m * value;
    }
  }
  const double determinant = qq * mm - qm * qm;
  double scale = qq > 0 ? qv / qq : 0;
  double min_scale = 0;
  if (determinant > 0) {
    scale = (qv * mm - mv * qm) / determinant;
    min_scale = (qq * mv - qm * qv) / determinant;
  }
  choice.scale = block.to_half(static_cast<float>(std::max(scale, 0.0)), kMostSix);
  choice.min_scale = block.to_half(static_cast<float>(std::max(min_scale, 0.0)), kMostSix);
}

Choice find_choice(const Block& block) {
  constexpr int kFits = 1;  // a second one gains a thousandth
  Choice best = first_choice(block);
  choose_parts(block, best);
  for (int fit = 0; fit < kFits; ++fit) {
    Choice next = best;
    fit_scales(block, next);
    choose_parts(block, next);
    if (!(next.error < best.error)) break;
    best = next;
  }
  return best;
}

BlockQ4K encode_block(const float* values) {
  BlockQ4K encoded{};
  const Block block(values);
  if (block.unit == 0) return encoded;
  const Choice choice = find_choice(block);
  encoded.scale = choice.scale;
  encoded.min_scale = choice.min_scale;
  encoded.scales_and_mins = pack_scales_and_mins(choice.parts);
  for (std::size_t sub = 0; sub < 8; ++sub) {
    const Line line = line_of(block, choice, sub);
    const float per_step = inverse(line.scale);
    const Part<32> part = part_of<32>(block, sub);
    std::uint8_t* nibbles = encoded.nibbles.data() + 32 * (sub / 2);
    for (std::size_t i = 0; i < 32; ++i) {
      const auto q = static_cast<unsigned>(
          round_into((part.values[i] - line.offset) * per_step, kLevels.least, kLevels.most));
      nibbles[i] = static_cast<std::uint8_t>(nibbles[i] | q << (4 * (sub % 2)));
    }
  }
  return encoded;
}

}  // namespace

void encode_q4_k(const float* values, std::size_t block_count, std::byte* blocks) {
  encode_each<BlockQ4K>(values, block_count, blocks, encode_block);
}

}  // namespace temper::engine
