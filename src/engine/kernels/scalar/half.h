// Short floats made long. Static, as everything in a kernel folder: see
// engine/kernels/kernels.h.
#pragma once

#include <stdint.h>
#include <string.h>

namespace temper::engine::scalar {

// binary16. Read as a float, the bits of a half without its sign are the number times
// 2^-112, subnormal ones too; what is not finite is set right.
static inline float widen_half(uint16_t half) {
  const uint32_t bits = half;
  const uint32_t magnitude = (bits & 0x7fff) << 13;
  float scaled;
  memcpy(&scaled, &magnitude, sizeof scaled);
  scaled *= 0x1p112F;
  uint32_t result;
  memcpy(&result, &scaled, sizeof result);
  const uint32_t special = magnitude | 0x7f800000 | (magnitude > 0x0f800000 ? 0x00400000U : 0U);
  result = (magnitude >= 0x0f800000 ? special : result) | (bits & 0x8000) << 16;
  float value;
  memcpy(&value, &result, sizeof value);
  return value;
}

// The upper half of a float.
static inline float widen_upper(uint16_t upper) {
  const uint32_t bits = static_cast<uint32_t>(upper) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace temper::engine::scalar
