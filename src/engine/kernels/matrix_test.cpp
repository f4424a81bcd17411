#include "engine/kernels/matrix.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "base/cpu.h"
#include "base/format.h"
#include "base/random.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

std::vector<Kernels> sets_here() { return available_kernels(detect_cpu_features()); }

const Kernels& best() {
  static const Kernels kBest = sets_here().back();
  return kBest;
}

// Where a block has its scales, which must not be infinite.
std::vector<std::size_t> places_of_halves(TensorType type) {
  switch (type) {
    case TensorType::F32:
    case TensorType::BF16:
    case TensorType::MXFP4: return {};
    case TensorType::Q4_1:
    case TensorType::Q5_1:
    case TensorType::Q4_K:
    case TensorType::Q5_K: return {0, 2};
    case TensorType::Q2_K: return {80, 82};
    case TensorType::Q3_K: return {108};
    case TensorType::Q6_K: return {208};
    default: return {0};
  }
}

// A tensor of random bits, but for the sizes of its numbers.
struct Tensor {
  MatrixView view;
  std::vector<std::byte> bytes;
  std::vector<float> values;  // decoded
};

Tensor random_tensor(TensorType type, std::size_t rows, std::size_t columns, Random& random) {
  Tensor made;
  const TensorTypeInfo& info = tensor_type_info(type);
  made.bytes.resize(rows * (columns / info.elements_per_block) * info.bytes_per_block);
  for (std::byte& byte : made.bytes) byte = static_cast<std::byte>(random.below(256));
  for (std::size_t block = 0; block < made.bytes.size(); block += info.bytes_per_block) {
    std::byte* const at = made.bytes.data() + block;
    for (const std::size_t place : places_of_halves(type)) {
      at[place + 1] = static_cast<std::byte>(0x18 + random.below(8) + 0x80 * random.below(2));
    }
    if (type == TensorType::MXFP4) *at = static_cast<std::byte>(120 + random.below(6));
    if (type == TensorType::BF16) at[1] = static_cast<std::byte>(0x3c + 0x80 * random.below(2));
    if (type == TensorType::F32) at[3] = static_cast<std::byte>(0x3c + 0x80 * random.below(2));
  }
  made.view = {type, rows, columns, made.bytes.data()};
  made.values.resize(rows * columns);
  decode(type, made.bytes.data(), made.values);
  return made;
}

// Numbers that 8 bits hold without loss: in every 32, whole numbers to 127 and 127 itself,
// times a power of two.
std::vector<float> exact_activations(std::size_t count, std::size_t columns, Random& random) {
  constexpr std::size_t kBlock = 32;
  std::vector<float> made(count * columns);
  for (std::size_t start = 0; start < made.size(); start += kBlock) {
    const int power = static_cast<int>(random.below(6)) - 9;
    for (std::size_t i = 0; i < kBlock; ++i) {
      made[start + i] = std::ldexp(static_cast<float>(random.below(255)) - 127, power);
    }
    made[start + random.below(kBlock)] = std::ldexp(random.below(2) == 0 ? -127.0F : 127.0F, power);
  }
  return made;
}

std::vector<float> any_activations(std::size_t count, std::size_t columns, Random& random) {
  std::vector<float> made(count * columns);
  for (float& value : made) value = static_cast<float>(random.unit() * 2 - 1);
  return made;
}

constexpr float kUntouched = 12345;

// [count, rows], after seeing that nothing else was written.
std::vector<float> product(const Compute& compute, const Matrix& matrix,
                           const std::vector<float>& values, std::size_t count) {
  const std::size_t stride = matrix.rows() + 3;
  std::vector<float> wide(count * stride, kUntouched);
  Activations activations(values.data(), count, matrix.columns());
  multiply(compute, matrix, activations, wide.data(), stride);
  std::vector<float> made;
  for (std::size_t t = 0; t < count; ++t) {
    const auto* row = wide.data() + t * stride;
    made.insert(made.end(), row, row + matrix.rows());
    for (std::size_t i = matrix.rows(); i < stride; ++i) CHECK(row[i] == kUntouched);
  }
  return made;
}

// How far products are from the exact ones at most, in what rounding may do: `roundings`
// of single precision, of the sum of the magnitudes.
double worst_excess(const Tensor& tensor, const std::vector<float>& activations,
                    const std::vector<float>& found, double roundings) {
  const std::size_t columns = tensor.view.columns;
  double worst = 0;
  for (std::size_t t = 0; t < activations.size() / columns; ++t) {
    for (std::size_t row = 0; row < tensor.view.rows; ++row) {
      double exact = 0;
      double magnitude = 0;
      for (std::size_t i = 0; i < columns; ++i) {
        const double one = static_cast<double>(tensor.values[row * columns + i]) *
                           static_cast<double>(activations[t * columns + i]);
        exact += one;
        magnitude += std::abs(one);
      }
      const double allowed = static_cast<double>(roundings) * 0x1p-24 * magnitude;
      const double off = std::abs(static_cast<double>(found[t * tensor.view.rows + row]) - exact);
      const double excess = off == 0 ? 0 : off / allowed;
      worst =
          std::isnan(excess) ? std::numeric_limits<double>::infinity() : std::max(worst, excess);
    }
  }
  return worst;
}

std::string where(const Kernels& kernels, const MatrixView& view, std::size_t count) {
  return format("{} {}: {} rows, {} columns, {} activations", instruction_set_name(kernels.set),
                tensor_type_info(view.type).name, view.rows, view.columns, count);
}

constexpr TensorType kPacked[] = {TensorType::Q8_0,   TensorType::Q4_0,  TensorType::Q5_0,
                                  TensorType::IQ4_NL, TensorType::MXFP4, TensorType::Q2_K,
                                  TensorType::Q3_K,   TensorType::Q4_K,  TensorType::Q5_K,
                                  TensorType::Q6_K,   TensorType::IQ4_XS};

TEST_CASE("matrix: exact products of every type are exact but for rounding") {
  Random random(1);
  ThreadPool threads(1);
  for (const TensorTypeInfo& type : tensor_types()) {
    if (!can_decode(type.type)) continue;
    struct Size {
      std::size_t rows, columns, count;
    };
    std::vector<Size> sizes = {{5, 256, 3}, {19, 1280, 2}, {1, 512, 1}, {33, 256, 9}};
    if (type.elements_per_block == 1) {
      for (const std::size_t columns : {1U, 7U, 8U, 15U, 17U, 33U, 1023U, 1025U, 2100U}) {
        sizes.push_back({7, columns, 7});
        sizes.push_back({18, columns, 1});
      }
    }
    for (const Size& size : sizes) {
      const Tensor tensor = random_tensor(type.type, size.rows, size.columns, random);
      const std::vector<float> activations = any_activations(size.count, size.columns, random);
      for (const Kernels& kernels : sets_here()) {
        const Compute compute{kernels, threads};
        const Matrix matrix(tensor.view, Arithmetic::Exact, compute);
        CHECK(Matrix::packed_bytes(tensor.view, Arithmetic::Exact, kernels) == 0);
        const std::vector<float> found = product(compute, matrix, activations, size.count);
        const double roundings =
            static_cast<double>(std::min(size.columns, std::size_t{1024})) / 8 + 16;
        CHECK_MESSAGE(worst_excess(tensor, activations, found, roundings) <= 1,
                      where(kernels, tensor.view, size.count));
      }
    }
  }
}

// Where the activations lose nothing on the way to 8 bits, what is left is the rounding
// of a sum with an addition for each block, besides the weights' own.
TEST_CASE("matrix: products of panels are exact but for rounding, at every size") {
  Random random(2);
  ThreadPool threads(1);
  for (const TensorType type : kPacked) {
    const std::size_t block = tensor_type_info(type).elements_per_block;
    struct Size {
      std::size_t rows, blocks, count;
    };
    for (const Size& size : {Size{1, 1, 1}, Size{16, 2, 2}, Size{15, 3, 3}, Size{17, 1, 7},
                             Size{33, 8, 13}, Size{70, 2, 4}, Size{47, 49, 5}, Size{48, 11, 26}}) {
      const std::size_t columns = size.blocks * block;
      const Tensor tensor = random_tensor(type, size.rows, columns, random);
      const std::vector<float> activations = exact_activations(size.count, columns, random);
      for (const Kernels& kernels : sets_here()) {
        const Compute compute{kernels, threads};
        const Matrix matrix(tensor.view, Arithmetic::Fast, compute);
        const std::vector<float> found = product(compute, matrix, activations, size.count);
        const double roundings = 4 * (static_cast<double>(columns) / 16 + 8);
        CHECK_MESSAGE(worst_excess(tensor, activations, found, roundings) <= 1,
                      where(kernels, tensor.view, size.count));
      }
    }
  }
}

// Where sums of a few products are kept in 16 bits, these are the ones to overflow.
TEST_CASE("matrix: the greatest weights times the greatest activations are right") {
  Random random(8);
  ThreadPool threads(0);
  constexpr std::size_t kColumns = 512;
  for (const TensorType type : kPacked) {
    const TensorTypeInfo& info = tensor_type_info(type);
    for (const unsigned fill : {0x00U, 0x0fU, 0x7fU, 0x80U, 0xf0U, 0xffU}) {
      Tensor tensor = random_tensor(type, 17, kColumns, random);
      for (std::size_t i = 0; i < tensor.bytes.size(); ++i) {
        const std::vector<std::size_t> halves = places_of_halves(type);
        const std::size_t at = i % info.bytes_per_block;
        const bool in_scale = (type == TensorType::MXFP4 && at == 0) ||
                              std::any_of(halves.begin(), halves.end(),
                                          [&](std::size_t place) { return at - place < 2; });
        if (!in_scale) tensor.bytes[i] = static_cast<std::byte>(fill);
      }
      decode(type, tensor.bytes.data(), tensor.values);
      for (const int period : {1, 2, 4, 1000}) {
        std::vector<float> activations(kColumns);
        for (std::size_t i = 0; i < kColumns; ++i) {
          activations[i] = static_cast<int>(i) / period % 2 == 0 ? 127 : -127;
        }
        for (const Kernels& kernels : sets_here()) {
          const Compute compute{kernels, threads};
          const Matrix matrix(tensor.view, Arithmetic::Fast, compute);
          const std::vector<float> found = product(compute, matrix, activations, 1);
          CHECK_MESSAGE(worst_excess(tensor, activations, found, 128) <= 1,
                        where(kernels, tensor.view, fill));
        }
      }
    }
  }
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST_CASE("matrix: all instruction sets give the same bits for panels") {
  Random random(3);
  ThreadPool threads(1);
  for (const TensorType type : kPacked) {
    for (const std::size_t count : {1U, 4U, 9U}) {
      const std::size_t columns = 1536;
      const Tensor tensor = random_tensor(type, 50, columns, random);
      const std::vector<float> activations = any_activations(count, columns, random);
      std::vector<float> wanted;
      for (const Kernels& kernels : sets_here()) {
        const Compute compute{kernels, threads};
        const Matrix matrix(tensor.view, Arithmetic::Fast, compute);
        const std::vector<float> found = product(compute, matrix, activations, count);
        if (wanted.empty()) wanted = found;
        CHECK_MESSAGE(same_bits(found, wanted), where(kernels, tensor.view, count));
      }
    }
  }
}

TEST_CASE("matrix: a row's result depends neither on its neighbours nor on the threads") {
  Random random(4);
  for (const TensorType type :
       {TensorType::Q8_0, TensorType::Q4_0, TensorType::Q4_K, TensorType::Q6_K, TensorType::F32,
        TensorType::F16, TensorType::BF16, TensorType::Q5_K}) {
    const std::size_t rows = 49;
    const std::size_t columns = 1536;
    const Tensor tensor = random_tensor(type, rows, columns, random);
    const std::vector<float> activations = any_activations(70, columns, random);
    for (const Arithmetic arithmetic : {Arithmetic::Fast, Arithmetic::Exact}) {
      for (const Kernels& kernels : sets_here()) {
        ThreadPool alone(0);
        const Compute compute{kernels, alone};
        const Matrix matrix(tensor.view, arithmetic, compute);
        std::vector<float> wanted;
        for (std::size_t t = 0; t < 70; ++t) {
          const std::vector<float> one(
              activations.begin() + static_cast<std::ptrdiff_t>(t * columns),
              activations.begin() + static_cast<std::ptrdiff_t>((t + 1) * columns));
          const std::vector<float> found = product(compute, matrix, one, 1);
          wanted.insert(wanted.end(), found.begin(), found.end());
        }
        for (const std::size_t helpers : {0U, 1U, 2U}) {
          ThreadPool threads(helpers);
          const Compute shared{kernels, threads};
          const Matrix packed(tensor.view, arithmetic, shared);
          for (const std::size_t count : {1U, 2U, 5U, 6U, 7U, 13U, 33U, 70U}) {
            std::vector<float> first(wanted.begin(),
                                     wanted.begin() + static_cast<std::ptrdiff_t>(count * rows));
            CHECK_MESSAGE(same_bits(product(shared, packed, activations, count), first),
                          where(kernels, tensor.view, count));
          }
        }
      }
    }
  }
}

TEST_CASE("matrix: activations that are not finite give NaN, and only in their own row") {
  Random random(5);
  ThreadPool threads(1);
  for (const TensorType type : kPacked) {
    const Tensor tensor = random_tensor(type, 20, 512, random);
    for (const float bad :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      for (const Kernels& kernels : sets_here()) {
        const Compute compute{kernels, threads};
        const Matrix matrix(tensor.view, Arithmetic::Fast, compute);
        std::vector<float> activations = any_activations(3, 512, random);
        const std::vector<float> before = product(compute, matrix, activations, 3);
        activations[512 + 77] = bad;
        const std::vector<float> after = product(compute, matrix, activations, 3);
        for (std::size_t i = 0; i < after.size(); ++i) {
          CHECK((i / 20 == 1 ? std::isnan(after[i]) : after[i] == before[i]));
        }
      }
    }
  }
}

TEST_CASE("matrix: zeros, and numbers too small to be scaled, give zero") {
  Random random(6);
  ThreadPool threads(1);
  for (const TensorType type : kPacked) {
    const Tensor tensor = random_tensor(type, 20, 512, random);
    for (const float small : {0.0F, 0x1p-126F, -0x1p-149F}) {
      for (const Kernels& kernels : sets_here()) {
        const Compute compute{kernels, threads};
        const Matrix matrix(tensor.view, Arithmetic::Fast, compute);
        for (const float found : product(compute, matrix, std::vector<float>(512, small), 1)) {
          CHECK(found == 0);
        }
      }
    }
  }
}

TEST_CASE("matrix: several products at once give what they give alone") {
  Random random(7);
  ThreadPool threads(2);
  const Compute compute{best(), threads};
  const std::vector<float> values = any_activations(11, 512, random);
  Activations many(values.data(), 11, 512);
  Activations few(values.data() + 512, 3, 512);
  Activations none(values.data(), 0, 512);
  const Tensor a = random_tensor(TensorType::Q8_0, 40, 512, random);
  const Tensor b = random_tensor(TensorType::Q4_K, 600, 512, random);
  const Tensor c = random_tensor(TensorType::F16, 7, 512, random);
  const Matrix q8(a.view, Arithmetic::Fast, compute);
  const Matrix q4(b.view, Arithmetic::Fast, compute);
  const Matrix half(c.view, Arithmetic::Fast, compute);
  std::vector<float> out_q8(11 * 40);
  std::vector<float> out_q4(3 * 600);
  std::vector<float> out_half(11 * 7);
  const Product products[] = {{q8, many, out_q8.data(), 40},
                              {q8, none, nullptr, 40},
                              {q4, few, out_q4.data(), 600},
                              {half, many, out_half.data(), 7}};
  multiply(compute, products);
  CHECK(same_bits(out_q8, product(compute, q8, values, 11)));
  CHECK(same_bits(out_q4, product(compute, q4, {values.begin() + 512, values.end()}, 3)));
  CHECK(same_bits(out_half, product(compute, half, values, 11)));
  multiply(compute, {});
}

TEST_CASE("matrix: what packing takes is known beforehand, and little more than the file") {
  const auto bytes = [](TensorType type, std::size_t rows, std::size_t columns) {
    return Matrix::packed_bytes({type, rows, columns, nullptr}, Arithmetic::Fast, best());
  };
  // Bytes for 256 weights; the file has 272, 144, 144, 210, 176, 110, 84, 136, 136 and 176.
  CHECK(bytes(TensorType::Q8_0, 4096, 2560) == 4096 * 10 * 272);
  CHECK(bytes(TensorType::Q4_0, 4096, 2560) == 4096 * 10 * 144);
  CHECK(bytes(TensorType::Q4_K, 4096, 2560) == 4096 * 10 * 148);
  CHECK(bytes(TensorType::Q6_K, 4096, 2560) == 4096 * 10 * 212);
  CHECK(bytes(TensorType::Q5_K, 4096, 2560) == 4096 * 10 * 180);
  CHECK(bytes(TensorType::Q3_K, 4096, 2560) == 4096 * 10 * 116);
  CHECK(bytes(TensorType::Q2_K, 4096, 2560) == 4096 * 10 * 84);
  CHECK(bytes(TensorType::IQ4_XS, 4096, 2560) == 4096 * 10 * 140);
  CHECK(bytes(TensorType::MXFP4, 4096, 2560) == 4096 * 10 * 144);
  CHECK(bytes(TensorType::Q5_0, 4096, 2560) == 4096 * 10 * 176);
  // Rows to a multiple of 16, and 32 columns take the place of 64.
  CHECK(bytes(TensorType::Q8_0, 17, 96) == 32 * 2 * 68);
  CHECK(bytes(TensorType::F16, 64, 64) == 0);
  CHECK(bytes(TensorType::Q5_1, 64, 256) == 0);
}

}  // namespace
}  // namespace temper::engine
