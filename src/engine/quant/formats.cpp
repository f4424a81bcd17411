// The table of formats, and what asks it.
#include "engine/quant/formats.h"

#include <algorithm>
#include <array>

#include "base/verify.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

constexpr auto kFormats = std::to_array<Format>({
    {TensorType::F32, decode_f32, encode_f32},      {TensorType::F16, decode_f16, encode_f16},
    {TensorType::BF16, decode_bf16, encode_bf16},   {TensorType::Q4_0, decode_q4_0, encode_q4_0},
    {TensorType::Q4_1, decode_q4_1, nullptr},       {TensorType::Q5_0, decode_q5_0, nullptr},
    {TensorType::Q5_1, decode_q5_1, nullptr},       {TensorType::Q8_0, decode_q8_0, encode_q8_0},
    {TensorType::Q2_K, decode_q2_k, nullptr},       {TensorType::Q3_K, decode_q3_k, nullptr},
    {TensorType::Q4_K, decode_q4_k, encode_q4_k},   {TensorType::Q5_K, decode_q5_k, nullptr},
    {TensorType::Q6_K, decode_q6_k, encode_q6_k},   {TensorType::IQ2_XXS, decode_iq2_xxs, nullptr},
    {TensorType::IQ2_XS, decode_iq2_xs, nullptr},   {TensorType::IQ2_S, decode_iq2_s, nullptr},
    {TensorType::IQ3_XXS, decode_iq3_xxs, nullptr}, {TensorType::IQ3_S, decode_iq3_s, nullptr},
    {TensorType::IQ4_NL, decode_iq4_nl, nullptr},   {TensorType::IQ4_XS, decode_iq4_xs, nullptr},
    {TensorType::MXFP4, decode_mxfp4, nullptr},
});

const Format* find_format(TensorType type) {
  const auto* found = std::ranges::find(kFormats, type, &Format::type);
  return found == kFormats.end() ? nullptr : found;
}

std::size_t count_blocks(TensorType type, std::size_t element_count) {
  const std::size_t per_block = tensor_type_info(type).elements_per_block;
  VERIFY(element_count % per_block == 0, "rows are whole numbers of blocks");
  return element_count / per_block;
}

}  // namespace

bool can_decode(TensorType type) { return find_format(type) != nullptr; }

void decode(TensorType type, const std::byte* blocks, std::span<float> out) {
  const Format* format = find_format(type);
  VERIFY(format != nullptr, "only what can be decoded is");
  format->decode(blocks, count_blocks(type, out.size()), out.data());
}

bool can_encode(TensorType type) {
  const Format* format = find_format(type);
  return format != nullptr && format->encode != nullptr;
}

void encode(TensorType type, std::span<const float> values, std::byte* blocks) {
  VERIFY(can_encode(type), "only what can be encoded is");
  find_format(type)->encode(values.data(), count_blocks(type, values.size()), blocks);
}

}  // namespace temper::engine
