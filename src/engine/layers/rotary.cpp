#include "engine/layers/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "base/format.h"

namespace temper::engine {
namespace {

struct Yarn {
  double factor = 1;
  double original_context = 0;
  double fast = 32;  // turns over the original context from which on nothing is stretched
  double slow = 1;   // and below which everything is
  double magnitude = 1;
};

// The pair that makes `turns` turns over the original context.
double pair_with_turns(const RotarySettings& settings, const Yarn& yarn, double turns) {
  return static_cast<double>(settings.rotated) *
         std::log(yarn.original_context / (turns * 2 * std::numbers::pi)) /
         (2 * std::log(settings.base));
}

void stretch(const RotarySettings& settings, const Yarn& yarn, Rotary& rotary) {
  const double low = std::max(0.0, std::floor(pair_with_turns(settings, yarn, yarn.fast)));
  const double high = std::min(static_cast<double>(settings.rotated) - 1,
                               std::ceil(pair_with_turns(settings, yarn, yarn.slow)));
  for (std::size_t i = 0; i < rotary.frequencies.size(); ++i) {
    const double along = (static_cast<double>(i) - low) / std::max(0.001, high - low);
    const double kept = 1 - std::clamp(along, 0.0, 1.0);
    rotary.frequencies[i] *= (1 - kept) / yarn.factor + kept;
  }
  rotary.magnitude = static_cast<float>(yarn.magnitude);
}

// Only Mistral's files say more than the factor: how the magnitude grows, and the two bounds.
Result<Yarn> read_yarn(const Hyperparameters& keys, double factor) {
  Yarn yarn;
  yarn.factor = factor;
  const std::size_t context = TRY(keys.count_or("context_length", 1));
  yarn.original_context =
      static_cast<double>(TRY(keys.count_or("rope.scaling.original_context_length", context)));
  const double growth = factor > 1 ? 0.1 * std::log(factor) : 0;
  yarn.magnitude = 1 + growth;
  if (keys.architecture() == "mistral3") {
    const double damping =
        static_cast<double>(TRY(keys.number_or("rope.scaling.yarn_log_multiplier", 0)));
    if (damping != 0) yarn.magnitude /= 1 + damping * growth;
    yarn.fast = static_cast<double>(TRY(keys.number_or("rope.scaling.yarn_beta_fast", 32)));
    yarn.slow = static_cast<double>(TRY(keys.number_or("rope.scaling.yarn_beta_slow", 1)));
  }
  return yarn;
}

void turn_pair(float& a, float& b, float cosine, float sine) {
  const float turned = a * cosine - b * sine;
  b = a * sine + b * cosine;
  a = turned;
}

}  // namespace

Rotary make_rotary(const RotarySettings& settings) {
  Rotary rotary{settings.pairing, settings.rotated, {}, 1};
  for (std::size_t i = 0; i < settings.rotated / 2; ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / static_cast<double>(settings.rotated);
    const double divisor =
        settings.divisors.empty() ? 1 : static_cast<double>(settings.divisors[i]);
    rotary.frequencies.push_back(std::pow(settings.base, exponent) / divisor);
  }
  return rotary;
}

Result<Rotary> make_scaled_rotary(const RotarySettings& settings, const Hyperparameters& keys) {
  Rotary rotary = make_rotary(settings);
  const std::string type = TRY(keys.text_or("rope.scaling.type", "linear"));
  double factor = static_cast<double>(TRY(keys.number_or("rope.scaling.factor", 0)));
  const auto attention_factor =
      static_cast<double>(TRY(keys.number_or("rope.scaling.attn_factor", 1)));
  if (factor < 0)
    return keys.wrong("rope.scaling.factor", format("is {}; it must be above 0", factor));
  if (factor == 0 || type == "none") factor = 1;
  if (type == "yarn") {
    Yarn yarn = TRY(read_yarn(keys, factor));
    yarn.magnitude *= attention_factor;
    stretch(settings, yarn, rotary);
  } else if (type == "linear" || type == "none") {
    for (double& frequency : rotary.frequencies) frequency /= factor;
    rotary.magnitude = static_cast<float>(attention_factor);
  } else {
    return keys.wrong("rope.scaling.type",
                      format("is \"{}\"; known are none, linear and yarn", type));
  }
  return rotary;
}

Turns turns_of(Pass& pass, const Rotary& rotary) {
  const std::size_t pairs = rotary.rotated / 2;
  const Turns turns{&rotary, pass.rows(pairs), pass.rows(pairs)};
  pass.each_row(pairs * 32, [&](std::size_t row) {
    const auto position = static_cast<double>(pass.positions()[row]);
    for (std::size_t i = 0; i < pairs; ++i) {
      const double angle = position * rotary.frequencies[i];
      turns.cosines.row(row)[i] = static_cast<float>(std::cos(angle)) * rotary.magnitude;
      turns.sines.row(row)[i] = static_cast<float>(std::sin(angle)) * rotary.magnitude;
    }
  });
  return turns;
}

void turn(Pass& pass, const Rows& x, std::size_t head_size, const Turns& turns) {
  const std::size_t pairs = turns.rotary->rotated / 2;
  const bool adjacent = turns.rotary->pairing == Pairing::Adjacent;
  pass.each_row(x.width, [&](std::size_t row) {
    const float* cosines = turns.cosines.row(row);
    const float* sines = turns.sines.row(row);
    for (float* head = x.row(row); head < x.row(row) + x.width; head += head_size) {
      for (std::size_t i = 0; i < pairs; ++i) {
        if (adjacent) {
          turn_pair(head[2 * i], head[2 * i + 1], cosines[i], sines[i]);
        } else {
          turn_pair(head[i], head[i + pairs], cosines[i], sines[i]);
        }
      }
    }
  });
}

}  // namespace temper::engine
