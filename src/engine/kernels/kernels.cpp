#include "engine/kernels/kernels.h"

#include <array>
#include <bit>
#include <type_traits>

#include "base/format.h"

namespace temper::engine {

// What a set has of its own; the rest it takes from the set before it. Each operation is
// defined in the folder of its namespace.
// clang-format off
#define SCALAR_OPERATIONS(apply, folder)                         \
  apply(folder, dot_f32)     apply(folder, dot_bf16_f32)         \
  apply(folder, rows_f32)    apply(folder, rows_f16)             \
  apply(folder, rows_bf16)                                       \
  apply(folder, quantize_32) apply(folder, quantize_256)         \
  apply(folder, panels_q8_0) apply(folder, panels_q4_0)          \
  apply(folder, panels_q4_k) apply(folder, panels_q6_k)
#define AVX2_OPERATIONS(apply, folder) SCALAR_OPERATIONS(apply, folder)
#define AVX2VNNI_OPERATIONS(apply, folder)                       \
  apply(folder, panels_q8_0) apply(folder, panels_q4_0)          \
  apply(folder, panels_q4_k) apply(folder, panels_q6_k)
#define AVX512_OPERATIONS(apply, folder) SCALAR_OPERATIONS(apply, folder)
// clang-format on

#define DECLARE_OPERATION(folder, operation)                     \
  namespace folder {                                             \
  std::remove_pointer_t<decltype(Kernels::operation)> operation; \
  }
#define TAKE_OPERATION(folder, operation) kernels.operation = folder::operation;

SCALAR_OPERATIONS(DECLARE_OPERATION, scalar)
#if defined(__x86_64__)
AVX2_OPERATIONS(DECLARE_OPERATION, avx2)
AVX2VNNI_OPERATIONS(DECLARE_OPERATION, avx2vnni)
AVX512_OPERATIONS(DECLARE_OPERATION, avx512)
#endif

std::vector<Kernels> available_kernels(const CpuFeatures& cpu) {
  std::vector<Kernels> sets;
  Kernels kernels;
  kernels.set = InstructionSet::Portable;
  SCALAR_OPERATIONS(TAKE_OPERATION, scalar)
  sets.push_back(kernels);
#if defined(__x86_64__)
  if (cpu.avx2 && cpu.fma && cpu.f16c) {
    kernels.set = InstructionSet::Avx2;
    AVX2_OPERATIONS(TAKE_OPERATION, avx2)
    sets.push_back(kernels);
    if (cpu.avx_vnni) {
      kernels.set = InstructionSet::Avx2Vnni;
      AVX2VNNI_OPERATIONS(TAKE_OPERATION, avx2vnni)
      sets.push_back(kernels);
    }
    if (cpu.avx512f && cpu.avx512bw && cpu.avx512dq && cpu.avx512vl && cpu.avx512_vnni) {
      kernels.set = InstructionSet::Avx512;
      AVX512_OPERATIONS(TAKE_OPERATION, avx512)
      sets.push_back(kernels);
    }
  }
#else
  static_cast<void>(cpu);
#endif
  return sets;
}

namespace {

bool is_known(std::string_view name) {
  for (InstructionSet set : {InstructionSet::Portable, InstructionSet::Avx2,
                             InstructionSet::Avx2Vnni, InstructionSet::Avx512}) {
    if (instruction_set_name(set) == name) return true;
  }
  return false;
}

}  // namespace

std::string_view instruction_set_name(InstructionSet set) {
  switch (set) {
    case InstructionSet::Portable: return "portable";
    case InstructionSet::Avx2: return "avx2";
    case InstructionSet::Avx2Vnni: return "avx2vnni";
    case InstructionSet::Avx512: return "avx512";
  }
  return "unknown";
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
