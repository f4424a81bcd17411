// Softmax attention over what a sequence remembers.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/layers/linear.h"
#include "engine/layers/pass.h"
#include "engine/layers/weights.h"

namespace temper::engine {

struct Heads {
  std::size_t query = 0;  // a multiple of `kv`
  std::size_t kv = 0;
  std::size_t size = 0;
};

// The three projections of most families.
struct Projections {
  Linear query;
  Linear key;
  Linear value;
};

// From attn_q, attn_k and attn_v of the layer "blk.N.", or from attn_qkv, which has the
// rows of all three.
Result<Projections> load_projections(Weights& weights, const std::string& layer, const Heads& heads,
                                     std::size_t embedding);

// Puts the keys and values, [count, kv heads * head size], into the `cache`th layer of
// what the sequences remember.
void remember(Pass& pass, std::size_t cache, const Rows& keys, const Rows& values);

// [count, query heads * head size]: what each query sees there, weighted. Query head h
// looks at kv head h / (query heads / kv heads). `sinks` has a score for each query head
// that takes its share and gives nothing, or is empty.
Rows attend(Pass& pass, std::size_t cache, const Rows& queries, float scale,
            const std::vector<float>& sinks = {});

}  // namespace temper::engine
