// Logits as they are computed with in sampling: numbers that order and add up, whatever
// the model gave.
//
// A logit is minus infinity, which is a token that cannot come, or a finite number. What
// a model gives is made so: what is no number (NaN) cannot come either, for nothing is
// known of it; plus infinity is the largest float.
#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "engine/sampling/token_mask.h"

namespace temper::engine {

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

// The logits, and kImpossible for tokens that the mask does not allow.
void copy_allowed(std::span<const float> logits, TokenMask mask, std::vector<float>& out);

// A changed logit, kept finite: only kImpossible forbids, not a penalty, however large.
inline float changed_logit(float before, double after) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return before == kImpossible ? kImpossible : static_cast<float>(std::clamp(after, -kMost, kMost));
}

}  // namespace temper::engine
