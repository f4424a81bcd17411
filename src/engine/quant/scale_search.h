// The search for the scales of a few elements, as the encoders need it.
//
// What is sought are few numbers that explain many: scale (and perhaps offset) such
// that the integers q nearest to (value - offset) / scale make the sum of weight *
// (scale * q + offset - value)^2 least. For given integers the best scale is a
// quotient, for a given scale the best integers are roundings; doing one after the
// other only ever improves, but ends in whatever hollow it began in. So it is begun
// at several places, from scales that stretch the range a little to ones that cut its
// ends off.
//
// Values are normalised, so that no square overflows or vanishes.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "engine/quant/normalised.h"
#include "engine/quant/rounding.h"

namespace temper::engine {

// Some values of a block with their weights.
template <std::size_t count>
struct Part {
  const float* values;
  const float* weights;
};

template <std::size_t part, std::size_t count>
Part<part> part_of(const Normalised<count>& block, std::size_t index) {
  return {block.values.data() + index * part, block.weights.data() + index * part};
}

// Sums in eight lanes: compilers may not reorder a sum of floats, but do these at once.
class LaneSum {
 public:
  static constexpr std::size_t kLanes = 8;
  float& operator[](std::size_t lane) { return lanes_[lane]; }
  float total() const {
    return ((lanes_[0] + lanes_[4]) + (lanes_[1] + lanes_[5])) +
           ((lanes_[2] + lanes_[6]) + (lanes_[3] + lanes_[7]));
  }

 private:
  std::array<float, kLanes> lanes_{};
};

// Calls `add(i, lane)` for each i below `count`.
template <std::size_t count, typename Add>
void in_lanes(Add add) {
  static_assert(count % LaneSum::kLanes == 0);
  for (std::size_t i = 0; i < count; i += LaneSum::kLanes) {
    for (std::size_t lane = 0; lane < LaneSum::kLanes; ++lane) add(i + lane, lane);
  }
}

// The integers that elements may be.
struct Levels {
  float least;
  float most;
};

// The weighted error of a part as `scale` * q + `offset`, with the best q.
template <std::size_t count>
float error_of(const Part<count>& part, float scale, float offset, Levels levels) {
  const float per_step = inverse(scale);
  LaneSum sum;
  in_lanes<count>([&](std::size_t i, std::size_t lane) {
    const float q = round_into((part.values[i] - offset) * per_step, levels.least, levels.most);
    const float error = scale * q + offset - part.values[i];
    sum[lane] += part.weights[i] * error * error;
  });
  return sum.total();
}

// The scale for scale * q, of either sign.
template <std::size_t count>
float find_scale(const Part<count>& part, Levels levels) {
  float extreme = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::fabs(part.values[i]) > std::fabs(extreme)) extreme = part.values[i];
  }
  if (extreme == 0) return 0;

  constexpr int kMaxRounds = 3;
  float best = 0;
  float most_explained = 0;
  const auto descend = [&](float scale) {
    for (int round = 0; round < kMaxRounds; ++round) {
      const float per_step = 1 / scale;
      LaneSum products;
      LaneSum squares;
      in_lanes<count>([&](std::size_t i, std::size_t lane) {
        const float q = round_into(part.values[i] * per_step, levels.least, levels.most);
        const float weighted = part.weights[i] * q;
        products[lane] += weighted * part.values[i];
        squares[lane] += weighted * q;
      });
      scale = products.total() / squares.total();
      // Of all the weighted squares of the values, so much is not error.
      const float explained = products.total() * scale;
      if (explained > most_explained) {
        most_explained = explained;
        best = scale;
      } else if (round > 0) {
        return;
      }
    }
  };
  // The extreme value at the end of the levels, or near it; on either side.
  for (const float step : {-1.0F, 0.0F, 1.0F, 2.0F, 3.0F}) {
    descend(extreme / (levels.least + step));
    descend(extreme / (levels.most - step));
  }
  return best;
}

// scale * q + offset.
struct Line {
  float scale;   // not negative
  float offset;  // not positive
};

// The line for q from 0 to `most`.
template <std::size_t count>
Line find_line(const Part<count>& part, float most) {
  float low = 0;
  float high = part.values[0];
  LaneSum weight_sum;
  LaneSum value_sum;
  LaneSum square_sum;
  in_lanes<count>([&](std::size_t i, std::size_t lane) {
    const float value = part.values[i];
    low = value < low ? value : low;
    high = value > high ? value : high;
    weight_sum[lane] += part.weights[i];
    value_sum[lane] += part.weights[i] * value;
    square_sum[lane] += part.weights[i] * value * value;
  });
  if (!(high > low)) return {0, low};
  const float weights = weight_sum.total();
  const float values = value_sum.total();
  const float squares = square_sum.total();

  constexpr int kMaxRounds = 3;
  Line best{0, low};
  float least_error = std::numeric_limits<float>::infinity();
  const auto descend = [&](Line line) {
    for (int round = 0; round < kMaxRounds; ++round) {
      const float per_step = 1 / line.scale;
      LaneSum q_lanes;
      LaneSum q_square_lanes;
      LaneSum product_lanes;
      in_lanes<count>([&](std::size_t i, std::size_t lane) {
        const float q = round_into((part.values[i] - line.offset) * per_step, 0, most);
        const float weighted = part.weights[i] * q;
        q_lanes[lane] += weighted;
        q_square_lanes[lane] += weighted * q;
        product_lanes[lane] += weighted * part.values[i];
      });
      const float q_sum = q_lanes.total();
      const float q_squares = q_square_lanes.total();
      const float products = product_lanes.total();
      const float determinant = weights * q_squares - q_sum * q_sum;
      line.scale = (weights * products - values * q_sum) / determinant;
      line.offset = (values - line.scale * q_sum) / weights;
      // No line goes through one point, which is where all q are the same; and rounding
      // takes part in what is nearly one.
      const bool is_point = !(determinant > 1e-5F * weights * q_squares);
      if (is_point || line.offset > 0) line = {products / q_squares, 0};
      const float error = squares + line.scale * (line.scale * q_squares - 2 * products) +
                          line.offset * (line.offset * weights - 2 * values) +
                          2 * line.scale * line.offset * q_sum;
      if (error < least_error) {
        least_error = error;
        best = line;
      } else if (round > 0) {
        return;
      }
      if (!(line.scale > 0)) return;
    }
  };
  const float range = high - low;
  for (float more : {-1.0F, 0.0F, 1.0F}) {
    for (float cut : {-0.2F, 0.2F, 0.6F}) {  // of a step, at the low end
      descend({range / (most + more), low + range / most * cut});
    }
  }
  return best;
}

}  // namespace temper::engine
