// What stands between products of weights, in every instruction set, against the plainest
// way to compute it in double precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/cpu.h"
#include "base/random.h"
#include "engine/kernels/attention.h"
#include "engine/kernels/delta_rule.h"
#include "engine/kernels/functions.h"
#include "engine/kernels/kernels.h"
#include "engine/quant/half.h"

namespace temper::engine {
namespace {

std::vector<Kernels> all_kernels() { return available_kernels(detect_cpu_features()); }

std::vector<float> random_floats(Random& random, std::size_t count, double from = -1,
                                 double to = 1) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(from + (to - from) * random.unit());
  return values;
}

double number(float value) { return static_cast<double>(value); }

double worst_difference(const std::vector<float>& left, const std::vector<double>& right) {
  double worst = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    worst = std::max(worst, std::abs(number(left[i]) - right[i]));
  }
  return worst;
}

TEST_CASE("lanes: tile products of all shapes") {
  for (const Kernels& kernels : all_kernels()) {
    Random random(1);
    for (const std::size_t rows : {1U, 2U, 3U, 4U, 5U, 9U}) {
      for (const std::size_t columns : {1U, 3U, 8U, 16U, 17U, 64U, 100U, 130U}) {
        for (const std::size_t depth : {0U, 1U, 2U, 7U, 64U}) {
          const std::vector<float> left = random_floats(random, rows * (depth + 1));
          const std::vector<float> right = random_floats(random, (depth + 1) * columns);
          const std::vector<float> start = random_floats(random, rows * columns);
          for (const bool starts : {false, true}) {
            for (const bool turned : {false, true}) {  // the left matrix on its side
              std::vector<float> out(rows * columns, 99.0F);
              TileProduct task;
              task.out = out.data();
              task.out_stride = task.start_stride = task.columns = task.right_stride = columns;
              task.rows = rows;
              task.depth = depth;
              task.left = left.data();
              task.left_row = turned ? 1 : static_cast<std::ptrdiff_t>(depth);
              task.left_step = turned ? static_cast<std::ptrdiff_t>(rows) : 1;
              task.right = right.data();
              task.start = starts ? start.data() : nullptr;
              task.start_scale = 0.5F;
              kernels.tile_product(task);
              std::vector<double> wanted(rows * columns);
              for (std::size_t i = 0; i < rows; ++i) {
                for (std::size_t x = 0; x < columns; ++x) {
                  double sum = starts ? 0.5 * number(start[i * columns + x]) : 0;
                  for (std::size_t j = 0; j < depth; ++j) {
                    const std::size_t at = turned ? j * rows + i : i * depth + j;
                    sum += number(left[at]) * number(right[j * columns + x]);
                  }
                  wanted[i * columns + x] = sum;
                }
              }
              CHECK(worst_difference(out, wanted) < 1e-5);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("lanes: a row of a tile product is the same bits whatever rows are beside it") {
  for (const Kernels& kernels : all_kernels()) {
    Random random(2);
    const std::vector<float> left = random_floats(random, 9 * 50);
    const std::vector<float> right = random_floats(random, 50 * 77);
    const auto product = [&](std::size_t first, std::size_t rows) {
      std::vector<float> out(rows * 77);
      TileProduct task;
      task.out = out.data();
      task.out_stride = task.columns = task.right_stride = 77;
      task.rows = rows;
      task.left = left.data() + first * 50;
      task.left_row = 50;
      task.left_step = 1;
      task.depth = 50;
      task.right = right.data();
      kernels.tile_product(task);
      return out;
    };
    const std::vector<float> all = product(0, 9);
    for (std::size_t row = 0; row < 9; ++row) {
      const std::vector<float> alone = product(row, 1);
      CHECK(std::equal(alone.begin(), alone.end(), all.begin() + static_cast<long>(row * 77)));
    }
  }
}

TEST_CASE("lanes: exponentials are right to 2e-7, and end where single precision does") {
  for (const Kernels& kernels : all_kernels()) {
    for (const std::size_t count : {1U, 5U, 16U, 37U}) {
      for (double x = -87; x < 80; x += 0.37) {
        std::vector<float> values(count, static_cast<float>(x));
        const float sum = kernels.exponentials(values.data(), count, 1, 0);
        const double wanted = std::exp(number(static_cast<float>(x)));
        CHECK(std::abs(number(values.back()) / wanted - 1) < 2e-7);
        CHECK(std::abs(number(sum) / (wanted * static_cast<double>(count)) - 1) < 1e-6);
      }
    }
    std::vector<float> low{-88.0F, -1000.0F, -std::numeric_limits<float>::infinity(), 0.0F};
    CHECK(kernels.exponentials(low.data(), 4, 1, 0) == 1.0F);
    CHECK(low == std::vector<float>{0, 0, 0, 1});
    std::vector<float> scaled{1.0F, 2.0F};
    kernels.exponentials(scaled.data(), 2, 0.5F, -1.0F);
    CHECK(std::abs(number(scaled[0]) - std::exp(-0.5)) < 1e-6);
    CHECK(std::abs(number(scaled[1]) - 1) < 1e-6);
  }
}

TEST_CASE("lanes: functions between products") {
  const auto sigmoid_of = [](double x) { return 1 / (1 + std::exp(-x)); };
  for (const Kernels& kernels : all_kernels()) {
    Random random(3);
    for (const std::size_t count : {1U, 15U, 16U, 50U}) {
      const std::vector<float> x = random_floats(random, count, -12, 12);
      const std::vector<float> y = random_floats(random, count, -12, 12);
      const auto check = [&](auto kernel, auto wanted_of) {
        std::vector<float> out = x;
        kernel(out.data());
        std::vector<double> wanted;
        for (std::size_t i = 0; i < count; ++i)
          wanted.push_back(wanted_of(number(x[i]), number(y[i])));
        CHECK(worst_difference(out, wanted) < 2e-4);
      };
      check([&](float* out) { kernels.silu_of(out, count); },
            [&](double a, double) { return a * sigmoid_of(a); });
      check([&](float* out) { kernels.silu_gate(out, y.data(), count); },
            [&](double a, double b) { return a * sigmoid_of(a) * b; });
      check([&](float* out) { kernels.sigmoid_gate(out, y.data(), count); },
            [&](double a, double b) { return a * sigmoid_of(b); });
      check([&](float* out) { kernels.clamped_gate(out, y.data(), count); },
            [&](double a, double b) {
              const double g = std::min(a, 7.0);
              return g * sigmoid_of(1.702 * g) * (std::clamp(b, -7.0, 7.0) + 1);
            });
      check([&](float* out) { kernels.scaled_by(out, x.data(), y.data(), 0.5F, count); },
            [&](double a, double b) { return a * 0.5 * b; });
      double squares = 0;
      for (const float value : x) squares += number(value) * number(value);
      CHECK(std::abs(number(kernels.sum_of_squares(x.data(), count)) / squares - 1) < 1e-6);
      CHECK(kernels.greatest(x.data(), count) == *std::max_element(x.begin(), x.end()));
    }
  }
}

TEST_CASE("lanes: halves become the floats that they are") {
  std::vector<std::uint16_t> halves(65536);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  for (const Kernels& kernels : all_kernels()) {
    for (const std::size_t count : {std::size_t{65536}, std::size_t{21}}) {
      std::vector<float> floats(count);
      kernels.floats_from_halves(floats.data(), halves.data(), count);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < count; ++i) {
        wrong += std::bit_cast<std::uint32_t>(floats[i]) !=
                 std::bit_cast<std::uint32_t>(float_from_half(halves[i]));
      }
      CHECK(wrong == 0);
    }
  }
}

// -------------------------------------------------------------------- attention

struct Memory {
  std::vector<std::vector<std::byte>> pages;
  std::vector<const std::byte*> addresses;
};

// One head's keys and values, [count, size] each, in pages of a type.
Memory remembered(KvType type, const std::vector<float>& keys, const std::vector<float>& values,
                  std::size_t size) {
  Memory memory;
  const std::size_t count = keys.size() / size;
  const std::size_t bytes = head_page_bytes(type, size);
  for (std::size_t t = 0; t < count; ++t) {
    if (t % kPageTokens == 0) {
      // What is behind the last token may be anything, and must not be seen.
      memory.pages.emplace_back(2 * bytes, std::byte{0x7f});
    }
    std::byte* page = memory.pages.back().data();
    store_key(type, keys.data() + t * size, size, page, t % kPageTokens);
    store_value(type, values.data() + t * size, size, page + bytes, t % kPageTokens);
  }
  for (const auto& page : memory.pages) memory.addresses.push_back(page.data());
  return memory;
}

std::vector<double> plain_attention(const std::vector<float>& query, const std::vector<float>& keys,
                                    const std::vector<float>& values, std::size_t size,
                                    std::size_t position, std::size_t window, double scale,
                                    const float* sink) {
  const std::size_t first = window != 0 && position + 1 > window ? position + 1 - window : 0;
  std::vector<double> weights;
  double total = sink == nullptr ? 0 : std::exp(number(*sink));
  for (std::size_t t = first; t <= position; ++t) {
    double score = 0;
    for (std::size_t i = 0; i < size; ++i) score += number(query[i]) * number(keys[t * size + i]);
    weights.push_back(std::exp(score * scale));
    total += weights.back();
  }
  std::vector<double> out(size);
  for (std::size_t t = first; t <= position; ++t) {
    for (std::size_t i = 0; i < size; ++i) {
      out[i] += weights[t - first] / total * number(values[t * size + i]);
    }
  }
  return out;
}

TEST_CASE("attention: over pages, windows, groups, sinks and types") {
  struct Kind {
    KvType type;
    std::size_t size;
    double most;
  };
  for (const Kernels& kernels : all_kernels()) {
    for (const Kind& kind :
         {Kind{KvType::F32, 8, 1e-5}, Kind{KvType::F32, 72, 1e-5}, Kind{KvType::F16, 16, 2e-3},
          Kind{KvType::Q8_0, 64, 2e-2}, Kind{KvType::Q4_0, 32, 0.3}}) {
      Random random(4);
      const std::size_t count = 200;
      const std::vector<float> keys = random_floats(random, count * kind.size);
      const std::vector<float> values = random_floats(random, count * kind.size);
      const Memory memory = remembered(kind.type, keys, values, kind.size);
      for (const std::size_t group : {1U, 3U}) {
        for (const std::size_t window : {0U, 1U, 40U, 64U, 100U}) {
          for (const std::size_t position : {0U, 1U, 63U, 64U, 130U, 184U}) {
            const std::size_t tokens = 15;
            const std::vector<float> queries = random_floats(random, tokens * group * kind.size);
            const std::vector<float> sinks = random_floats(random, group, -1, 3);
            std::vector<float> out(queries.size());
            std::vector<float> scratch(attention_scratch_floats(group, kind.size));
            AttentionTask task;
            task.queries = queries.data();
            task.out = out.data();
            task.stride = group * kind.size;
            task.count = tokens;
            task.group = group;
            task.head_size = kind.size;
            task.position = position;
            task.window = window;
            task.scale = 0.4F;
            task.sinks = group == 3 ? sinks.data() : nullptr;
            task.type = kind.type;
            task.pages = memory.addresses.data();
            task.value_offset = head_page_bytes(kind.type, kind.size);
            attend(kernels, task, scratch.data());
            for (std::size_t row = 0; row < tokens * group; ++row) {
              const auto at = queries.begin() + static_cast<long>(row * kind.size);
              const std::vector<float> query(at, at + static_cast<long>(kind.size));
              const auto from = out.begin() + static_cast<long>(row * kind.size);
              const std::vector<float> found(from, from + static_cast<long>(kind.size));
              const std::vector<double> wanted = plain_attention(
                  query, keys, values, kind.size, position + row / group, window, number(0.4F),
                  task.sinks == nullptr ? nullptr : &sinks[row % group]);
              CHECK(worst_difference(found, wanted) < kind.most);
            }
            // Alone, the last token gets the same bits.
            std::vector<float> alone(group * kind.size);
            task.queries += (tokens - 1) * task.stride;
            task.position += tokens - 1;
            task.count = 1;
            task.out = alone.data();
            attend(kernels, task, scratch.data());
            CHECK(std::equal(alone.begin(), alone.end(),
                             out.end() - static_cast<long>(alone.size())));
          }
        }
      }
    }
  }
}

// ------------------------------------------------------------------- delta rule

TEST_CASE("delta rule: the recurrence is the recurrence, and chunks are the same") {
  for (const Kernels& kernels : all_kernels()) {
    for (const std::size_t size : {8U, 16U, 40U, 128U}) {
      for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 150U}) {
        for (const bool begun : {false, true}) {
          Random random(5);
          std::vector<float> keys = random_floats(random, 2 * count * size);  // and queries
          for (std::size_t row = 0; row < 2 * count; ++row) {
            double squares = 0;
            for (std::size_t i = 0; i < size; ++i)
              squares += std::pow(number(keys[row * size + i]), 2);
            for (std::size_t i = 0; i < size; ++i) {
              keys[row * size + i] /= static_cast<float>(std::sqrt(squares));
            }
          }
          const std::vector<float> values = random_floats(random, count * size);
          const std::vector<float> decay = random_floats(random, count, -2, 0);
          const std::vector<float> beta = random_floats(random, count, 0, 1);
          const std::vector<float> before = random_floats(random, size * size);

          std::vector<double> state(size * size);
          if (begun) std::copy(before.begin(), before.end(), state.begin());
          std::vector<double> wanted;
          for (std::size_t t = 0; t < count; ++t) {
            const float* key = keys.data() + t * 2 * size;
            const float* query = key + size;
            for (double& value : state) value *= std::exp(number(decay[t]));
            std::vector<double> change(size);
            for (std::size_t j = 0; j < size; ++j) {
              double seen = 0;
              for (std::size_t i = 0; i < size; ++i) seen += state[i * size + j] * number(key[i]);
              change[j] = number(beta[t]) * (number(values[t * size + j]) - seen);
            }
            for (std::size_t i = 0; i < size; ++i) {
              for (std::size_t j = 0; j < size; ++j)
                state[i * size + j] += number(key[i]) * change[j];
            }
            for (std::size_t j = 0; j < size; ++j) {
              double sum = 0;
              for (std::size_t i = 0; i < size; ++i) sum += state[i * size + j] * number(query[i]);
              wanted.push_back(sum);
            }
          }

          for (const bool chunked : {false, true}) {
            std::vector<float> out(count * size);
            std::vector<float> after(size * size);
            std::vector<float> scratch(delta_scratch_floats(size));
            DeltaTask task;
            task.keys = keys.data();
            task.queries = keys.data() + size;
            task.key_stride = 2 * size;
            task.values = values.data();
            task.value_stride = task.out_stride = task.size = size;
            task.decay = decay.data();
            task.beta = beta.data();
            task.gate_stride = 1;
            task.count = count;
            task.before = begun ? before.data() : nullptr;
            task.after = after.data();
            task.out = out.data();
            if (chunked) {
              delta_chunked(kernels, task, scratch.data());
            } else {
              delta_recurrent(kernels, task, scratch.data());
            }
            CHECK(worst_difference(out, wanted) < 2e-5);
            CHECK(worst_difference(after, state) < 2e-5);
          }
        }
      }
    }
  }
}

TEST_CASE("gelu: what llama.cpp's table of halves says") {
  for (const float x : {-11.0F, -10.0F, -3.0F, -0.5F, 0.0F, 0.1F, 1.0F, 2.5F, 9.0F, 10.0F, 11.0F}) {
    const double exact =
        0.5 * number(x) *
        (1 + std::tanh(0.7978845608 * number(x) * (1 + 0.044715 * number(x) * number(x))));
    CHECK(std::abs(number(gelu(x)) - exact) <= std::abs(exact) * 1e-3 + 1e-6);
  }
  CHECK(gelu(-10.0F) == 0.0F);
  CHECK(gelu(12345.0F) == 12345.0F);
  CHECK(gelu(1.00001F) == gelu(1.0F));  // the same half
}

}  // namespace
}  // namespace temper::engine
