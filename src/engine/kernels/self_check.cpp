// Every operation of a set against what is known, or against the portable one: a machine
// that computes wrongly is to say so, and not to write nonsense.
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "base/format.h"
#include "base/random.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/pack.h"

namespace temper::engine {
namespace {

Error wrong(const Kernels& kernels, std::string_view operation, std::string_view detail) {
  return Error{Code::Corrupt, format("{} computes {} with {}; choose another instruction set",
                                     operation, detail, instruction_set_name(kernels.set))};
}

Result<void> compare(const Kernels& kernels, std::string_view operation, float found,
                     double wanted) {
  if (static_cast<double>(found) == wanted) return {};
  return wrong(kernels, operation, format("{} where {} is right", found, wanted));
}

// Multiples of 1/8 below 8: every sum of their products has few enough bits to be exact.
// An odd count, so that every tail is run.
constexpr std::size_t kCount = 1039;

struct Numbers {
  std::array<float, kCount> left;
  std::array<float, kCount> right;
  std::array<std::uint16_t, kCount> upper;  // bfloat16 of `left`
  std::array<std::uint16_t, kCount> half;   // binary16 of `left`
  double product = 0;
};

// Of a multiple of 1/8 below 8.
std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value == 0) return 0;
  const std::uint32_t exponent = (bits >> 23U & 0xffU) - 127 + 15;
  return static_cast<std::uint16_t>((bits >> 16U & 0x8000U) | exponent << 10U |
                                    (bits >> 13U & 0x3ffU));
}

Numbers exact_numbers() {
  Numbers made;
  for (std::size_t i = 0; i < kCount; ++i) {
    made.left[i] = static_cast<float>(static_cast<int>(i * 37 % 127) - 63) / 8;
    made.right[i] = static_cast<float>(static_cast<int>(i * 53 % 113) - 56) / 8;
    made.upper[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(made.left[i]) >> 16U);
    made.half[i] = to_half(made.left[i]);
    made.product += static_cast<double>(made.left[i]) * static_cast<double>(made.right[i]);
  }
  return made;
}

Result<void> check_rows(const Kernels& kernels, const Numbers& numbers,
                        void (*operation)(const RowProducts&), std::string_view name,
                        const void* weights) {
  float found = 0;
  RowProducts products{};
  products.weights = weights;
  products.rows = 1;
  products.columns = kCount;
  products.activations = numbers.right.data();
  products.count = 1;
  products.out = &found;
  products.out_stride = 1;
  operation(products);
  return compare(kernels, name, found, numbers.product);
}

std::vector<float> multiply_random_panels(const Kernels& kernels, const PanelFormat& panel) {
  constexpr std::size_t kUnits = 2;
  constexpr std::size_t kRows = 2 * kPanelRows - 3;
  constexpr std::size_t kTokens = 40;
  Random random(1);
  std::vector<float> values(kTokens * kUnits * 256);
  for (float& value : values) value = static_cast<float>(random.unit() - 0.5);
  const std::size_t columns = kUnits * panel.columns_per_unit;
  std::vector<ActivationBlock> activations(kTokens * columns / 32);
  kernels.quantize(values.data(), activations.size(), activations.data());

  // Any bits are weights, but for scales that are no numbers: those give no number with
  // every set.
  struct alignas(64) Line {
    std::array<std::uint8_t, 64> bytes;
  };
  std::vector<Line> panels(2 * kUnits * panel.bytes_per_unit / sizeof(Line));
  for (Line& line : panels) {
    for (std::uint8_t& byte : line.bytes) byte = static_cast<std::uint8_t>(random.below(0x7c));
  }
  std::vector<float> out(kTokens * kRows);
  PanelProducts products{};
  products.panels = panels.data();
  products.panel_bytes = kUnits * panel.bytes_per_unit;
  products.rows = kRows;
  products.units = kUnits;
  products.activations = activations.data();
  products.activation_stride = columns / 32;
  products.count = kTokens;
  products.out = out.data();
  products.out_stride = kRows;
  (kernels.*panel.products)(products);
  return out;
}

}  // namespace

Result<void> self_check(const Kernels& kernels) {
  const Numbers numbers = exact_numbers();
  TRY(compare(kernels, "dot_f32",
              kernels.dot_f32(numbers.left.data(), numbers.right.data(), kCount), numbers.product));
  TRY(compare(kernels, "dot_bf16_f32",
              kernels.dot_bf16_f32(numbers.upper.data(), numbers.right.data(), kCount),
              numbers.product));
  TRY(check_rows(kernels, numbers, kernels.rows_f32, "rows_f32", numbers.left.data()));
  TRY(check_rows(kernels, numbers, kernels.rows_f16, "rows_f16", numbers.half.data()));
  TRY(check_rows(kernels, numbers, kernels.rows_bf16, "rows_bf16", numbers.upper.data()));

  const Kernels portable = available_kernels({}).front();
  for (const PanelFormat& panel : panel_formats()) {
    const std::vector<float> wanted = multiply_random_panels(portable, panel);
    const std::vector<float> found = multiply_random_panels(kernels, panel);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (std::bit_cast<std::uint32_t>(found[i]) != std::bit_cast<std::uint32_t>(wanted[i])) {
        return wrong(kernels, tensor_type_info(panel.type).name,
                     format("{} where {} is right", found[i], wanted[i]));
      }
    }
  }
  return {};
}

}  // namespace temper::engine
