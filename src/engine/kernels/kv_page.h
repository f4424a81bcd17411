// How the keys and values of 64 tokens stand in memory, for one head of one layer.
//
// Keys stand on their side: element by element, each for all 64 tokens, so that the
// scores of 64 keys are computed side by side, without a sum across. Values stand
// token after token. It does not know which tokens these are, nor who owns the page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/kernels/kernels.h"

namespace temper::engine {

enum class KvType : std::uint8_t { F32, F16, Q8_0, Q4_0 };

std::string_view kv_type_name(KvType type);  // "q8_0"
std::optional<KvType> find_kv_type(std::string_view name);

// Head sizes are multiples of this: 1, or the length of a block.
std::size_t kv_granule(KvType type);

inline constexpr std::size_t kPageTokens = 64;

// Of one head's keys in a page, and as many again of its values.
std::size_t head_page_bytes(KvType type, std::size_t head_size);

// One token's key or value, [head_size], into the place `slot` of 64.
void store_key(KvType type, const float* key, std::size_t head_size, std::byte* page,
               std::size_t slot);
void store_value(KvType type, const float* value, std::size_t head_size, std::byte* page,
                 std::size_t slot);

// All keys as [head_size, 64] and values as [64, head_size] floats: a view of the page
// where that is how it stands, or else decoded into `room`, of 64 * head_size floats.
const float* load_keys(const Kernels& kernels, KvType type, const std::byte* page,
                       std::size_t head_size, float* room);
const float* load_values(const Kernels& kernels, KvType type, const std::byte* page,
                         std::size_t head_size, float* room);

}  // namespace temper::engine
