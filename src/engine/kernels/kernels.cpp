#include "engine/kernels/kernels.h"

#include <type_traits>

#include "base/format.h"

namespace temper::engine {

// What a set has of its own; the rest it takes from the set before it. Each operation is
// defined in the folder of its namespace.
// clang-format off
#define PANEL_OPERATIONS(apply, folder)                          \
  apply(folder, panels_q8_0) apply(folder, panels_q4_0)          \
  apply(folder, panels_q5_0) apply(folder, panels_iq4_nl)        \
  apply(folder, panels_mxfp4) apply(folder, panels_q2_k)         \
  apply(folder, panels_q3_k) apply(folder, panels_q4_k)          \
  apply(folder, panels_q5_k) apply(folder, panels_q6_k)          \
  apply(folder, panels_iq4_xs)
#define SCALAR_OPERATIONS(apply, folder)                         \
  apply(folder, dot_f32)     apply(folder, dot_bf16_f32)         \
  apply(folder, rows_f32)    apply(folder, rows_f16)             \
  apply(folder, rows_bf16)   apply(folder, quantize)             \
  PANEL_OPERATIONS(apply, folder)                                \
  apply(folder, tile_product) apply(folder, floats_from_halves)  \
  apply(folder, exponentials) apply(folder, sum_of_squares)      \
  apply(folder, scaled_by)   apply(folder, silu_of)              \
  apply(folder, silu_gate)   apply(folder, sigmoid_gate)         \
  apply(folder, clamped_gate) apply(folder, greatest)
#define AVX2_OPERATIONS(apply, folder) SCALAR_OPERATIONS(apply, folder)
#define AVX2VNNI_OPERATIONS(apply, folder) PANEL_OPERATIONS(apply, folder)
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

std::vector<Kernels> available_kernels(const CpuFeatures& features) {
  std::vector<Kernels> sets;
  Kernels kernels;
  kernels.set = InstructionSet::Portable;
  SCALAR_OPERATIONS(TAKE_OPERATION, scalar)
  sets.push_back(kernels);
#if defined(__x86_64__)
  if (features.avx2 && features.fma && features.f16c) {
    kernels.set = InstructionSet::Avx2;
    AVX2_OPERATIONS(TAKE_OPERATION, avx2)
    sets.push_back(kernels);
    if (features.avx_vnni) {
      kernels.set = InstructionSet::Avx2Vnni;
      AVX2VNNI_OPERATIONS(TAKE_OPERATION, avx2vnni)
      sets.push_back(kernels);
    }
    if (features.avx512f && features.avx512bw && features.avx512dq && features.avx512vl &&
        features.avx512_vnni) {
      kernels.set = InstructionSet::Avx512;
      AVX512_OPERATIONS(TAKE_OPERATION, avx512)
      sets.push_back(kernels);
    }
  }
#else
  static_cast<void>(features);
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

}  // namespace temper::engine
