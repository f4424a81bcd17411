#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace temper::engine::scalar {

// Read as a float, the bits of a half without its sign are the number times 2^-112,
// subnormal ones too; what is not finite is set right.
void floats_from_halves(float* out, const uint16_t* halves, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const uint32_t bits = halves[i];
    const uint32_t magnitude = (bits & 0x7fff) << 13;
    float scaled;
    memcpy(&scaled, &magnitude, sizeof scaled);
    scaled *= 0x1p112F;
    uint32_t result;
    memcpy(&result, &scaled, sizeof result);
    const uint32_t special = magnitude | 0x7f800000 | (magnitude > 0x0f800000 ? 0x00400000U : 0U);
    result = (magnitude >= 0x0f800000 ? special : result) | (bits & 0x8000) << 16;
    memcpy(out + i, &result, sizeof result);
  }
}

}  // namespace temper::engine::scalar
