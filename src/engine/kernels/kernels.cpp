#include "engine/kernels/kernels.h"

#include <array>
#include <bit>

#include "base/format.h"

namespace temper::engine {

// Each is defined in the file of its name in the folder of its namespace.
using DotF32 = float(const float*, const float*, std::size_t);
using DotBf16F32 = float(const std::uint16_t*, const float*, std::size_t);

namespace scalar {
DotF32 dot_f32;
DotBf16F32 dot_bf16_f32;
}  // namespace scalar

#if defined(__x86_64__)
namespace avx2 {
DotF32 dot_f32;
DotBf16F32 dot_bf16_f32;
}  // namespace avx2

namespace avx512 {
DotF32 dot_f32;
DotBf16F32 dot_bf16_f32;
}  // namespace avx512
#endif

namespace {

struct Row {
  Kernels kernels;
  bool (*can_run)(const CpuFeatures&);
};

const auto kRows = std::to_array<Row>({
  {{InstructionSet::Portable, scalar::dot_f32, scalar::dot_bf16_f32},
   [](const CpuFeatures&) { return true; }},
#if defined(__x86_64__)
      {{InstructionSet::Avx2, avx2::dot_f32, avx2::dot_bf16_f32},
       [](const CpuFeatures& cpu) { return cpu.avx2 && cpu.fma && cpu.f16c; }},
      {{InstructionSet::Avx512, avx512::dot_f32, avx512::dot_bf16_f32}, [](const CpuFeatures& cpu) {
         return cpu.avx2 && cpu.fma && cpu.f16c && cpu.avx512f && cpu.avx512bw && cpu.avx512dq &&
                cpu.avx512vl;
       }},
#endif
});

bool is_known(std::string_view name) {
  for (InstructionSet set :
       {InstructionSet::Portable, InstructionSet::Avx2, InstructionSet::Avx512}) {
    if (instruction_set_name(set) == name) return true;
  }
  return false;
}

}  // namespace

std::string_view instruction_set_name(InstructionSet set) {
  switch (set) {
    case InstructionSet::Portable: return "portable";
    case InstructionSet::Avx2: return "avx2";
    case InstructionSet::Avx512: return "avx512";
  }
  return "unknown";
}

std::vector<Kernels> available_kernels(const CpuFeatures& features) {
  std::vector<Kernels> available;
  for (const Row& row : kRows) {
    if (row.can_run(features)) available.push_back(row.kernels);
  }
  return available;
}

Result<Kernels> choose_kernels(const CpuFeatures& features, std::string_view forced) {
  const std::vector<Kernels> available = available_kernels(features);
  if (forced.empty()) return available.back();

  std::string names;
  for (const Kernels& kernels : available) {
    const std::string_view name = instruction_set_name(kernels.set);
    if (name == forced) return kernels;
    names += format("{}{}", names.empty() ? "" : ", ", name);
  }
  if (is_known(forced)) {
    return Error{
        Code::Unsupported,
        format("this machine does not have the instruction set {}; it has: {}", forced, names)};
  }
  return Error{
      Code::Invalid,
      format("there is no instruction set called \"{}\"; this machine has: {}", forced, names)};
}

Result<void> self_check(const Kernels& kernels) {
  // Multiples of 1/8 below 8: every sum of their products has few enough bits to
  // be exact. An odd count, so that every tail is run.
  constexpr std::size_t kCount = 1039;
  std::array<float, kCount> left;
  std::array<float, kCount> right;
  std::array<std::uint16_t, kCount> weights;
  double wanted = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    left[i] = static_cast<float>(static_cast<int>(i * 37 % 127) - 63) / 8;
    right[i] = static_cast<float>(static_cast<int>(i * 53 % 113) - 56) / 8;
    weights[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(left[i]) >> 16);
    wanted += static_cast<double>(left[i]) * static_cast<double>(right[i]);
  }
  const auto outcome = [&](std::string_view operation, float found) -> Result<void> {
    if (static_cast<double>(found) == wanted) return {};
    return Error{Code::Corrupt,
                 format("{} computes {} with {} where {} is right; choose another instruction set",
                        operation, found, instruction_set_name(kernels.set), wanted)};
  };
  TRY(outcome("dot_f32", kernels.dot_f32(left.data(), right.data(), kCount)));
  return outcome("dot_bf16_f32", kernels.dot_bf16_f32(weights.data(), right.data(), kCount));
}

}  // namespace temper::engine
