// Attention of a few tokens over the pages of a cache, for one head of keys.
#pragma once

#include <cstddef>

#include "engine/kernels/kv_page.h"

namespace temper::engine {

// The queries of `count` tokens that follow each other; to each token belong the
// `group` query heads that share one head of keys and values.
struct AttentionTask {
  const float* queries = nullptr;  // [count, group, head_size], tokens `stride` apart
  float* out = nullptr;            // the same shape
  std::size_t stride = 0;
  std::size_t count = 0;
  std::size_t group = 1;
  std::size_t head_size = 0;
  std::size_t position = 0;  // of the first token; it sees keys up to its own
  std::size_t window = 0;    // how many keys a token sees at most; 0: all
  float scale = 1;
  const float* sinks = nullptr;  // [group]: a score without a value; null: none
  KvType type = KvType::F32;
  // The sequence's pages from its start on, each holding this head at these offsets;
  // those that no token of these sees may be null.
  const std::byte* const* pages = nullptr;
  std::size_t key_offset = 0;
  std::size_t value_offset = 0;
};

// Tokens in a task, at most: what its scratch is made for.
inline constexpr std::size_t kAttentionTokens = 16;

std::size_t attention_scratch_floats(std::size_t group, std::size_t head_size);

// What a token gets does not depend on the tokens beside it: pages are taken in order,
// and the sums over each are made alike, wherever the task begins.
void attend(const Kernels& kernels, const AttentionTask& task, float* scratch);

}  // namespace temper::engine
