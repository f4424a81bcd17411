// The arithmetic in which the engine spends its time, once for each instruction
// set, and the choice among them at run time.
//
// An operation is a function over plain pointers: it checks nothing, allocates
// nothing and knows no model. Each stands in one file per folder (scalar/, avx2/,
// avx512/), and only these folders are compiled for more than the least processor.
//
// The danger there: an inline function from a header, compiled in such a folder
// and again elsewhere, is one function to the linker, which keeps either; when it
// keeps the wrong one, portable code dies of an illegal instruction on an older
// machine. So these files include intrinsics and C's headers of types only, and
// call nothing from outside but their own static functions. The build looks into
// their objects and fails where one offers a function that could be merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "base/result.h"
#include "engine/kernels/product.h"
#include "engine/kernels/tile.h"

namespace temper::engine {

// From the least to the most able.
enum class InstructionSet {
  Portable,  // whatever the compiler makes for the least processor of its kind
  Avx2,      // with FMA and F16C
  Avx2Vnni,  // and VNNI for its registers
  Avx512,    // F, BW, DQ, VL and VNNI: those without VNNI are better off with AVX2
};

std::string_view instruction_set_name(InstructionSet set);  // "portable", "avx2vnni"

// Pointers need no alignment, and `count` may be anything, 0 too. Sums are in
// single precision and each set adds in an order of its own, so that sets differ
// by rounding: each is within (count / 8 + 16) * 2^-24 * the sum of the products'
// magnitudes of the exact result. Infinities and NaNs come through, and
// subnormals are kept.
struct Kernels {
  InstructionSet set = InstructionSet::Portable;
  // The sum of left[i] * right[i].
  float (*dot_f32)(const float* left, const float* right, std::size_t count) = nullptr;
  // The same of bfloat16 weights, the upper halves of floats.
  float (*dot_bf16_f32)(const std::uint16_t* weights, const float* activations,
                        std::size_t count) = nullptr;

  // Rows of weights as they stand in the file; see RowProducts. Each piece of at most 1024
  // columns is summed as dot_f32 sums it, and the pieces one after the other, in an order
  // that depends on the columns alone.
  void (*rows_f32)(const RowProducts&) = nullptr;
  void (*rows_f16)(const RowProducts&) = nullptr;
  void (*rows_bf16)(const RowProducts&) = nullptr;

  // Activations to 8 bits, so many blocks. All sets give the same bits.
  void (*quantize)(const float* values, std::size_t blocks, ActivationBlock* out) = nullptr;

  // Panels; see PanelProducts. Sums of whole numbers are exact, and floats are added one
  // block after the other, so that all sets give the same bits, and the same for every
  // number of activations. Panels are aligned to 64 bytes, activations to 4.
  void (*panels_q8_0)(const PanelProducts&) = nullptr;
  void (*panels_q4_0)(const PanelProducts&) = nullptr;
  void (*panels_q5_0)(const PanelProducts&) = nullptr;
  void (*panels_iq4_nl)(const PanelProducts&) = nullptr;
  void (*panels_mxfp4)(const PanelProducts&) = nullptr;
  void (*panels_q2_k)(const PanelProducts&) = nullptr;
  void (*panels_q3_k)(const PanelProducts&) = nullptr;
  void (*panels_q4_k)(const PanelProducts&) = nullptr;
  void (*panels_q5_k)(const PanelProducts&) = nullptr;
  void (*panels_q6_k)(const PanelProducts&) = nullptr;
  void (*panels_iq4_xs)(const PanelProducts&) = nullptr;

  // Between such products. Sets differ by rounding, and exponentials are within 2e-7 of the
  // right ones, in parts of them.
  void (*tile_product)(const TileProduct&) = nullptr;
  void (*floats_from_halves)(float* out, const std::uint16_t* halves,
                             std::size_t count) = nullptr;  // exact
  // x = exp(scale * x + offset), and the sum of these; 0 where that is below -87.3.
  float (*exponentials)(float* x, std::size_t count, float scale, float offset) = nullptr;
  float (*greatest)(const float* x, std::size_t count) = nullptr;  // of one at least
  float (*sum_of_squares)(const float* x, std::size_t count) = nullptr;
  // out = x * factor * weight
  void (*scaled_by)(float* out, const float* x, const float* weight, float factor,
                    std::size_t count) = nullptr;
  void (*silu_of)(float* x, std::size_t count) = nullptr;                          // x sigmoid(x)
  void (*silu_gate)(float* gate, const float* up, std::size_t count) = nullptr;    // silu(g) u
  void (*sigmoid_gate)(float* x, const float* gate, std::size_t count) = nullptr;  // x sigmoid(g)
  // gate' sigmoid(1.702 gate') (up' + 1), gate' = min(gate, 7), up' = up within -7 and 7
  void (*clamped_gate)(float* gate, const float* up, std::size_t count) = nullptr;
};

// All that this build has and a processor with these features can run, from the
// least to the most able; never empty.
std::vector<Kernels> available_kernels(const CpuFeatures& features);

// The most able of these or, where `forced` is not empty, the one of that name.
// Fails where there is no such set, and lists what there is.
Result<Kernels> choose_kernels(const CpuFeatures& features, std::string_view forced = {});

// Computes with them what the portable ones compute, on inputs whose results are
// exact in every order; an error names the operation that is wrong.
Result<void> self_check(const Kernels& kernels);

}  // namespace temper::engine
