#include "engine/layers/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/format.h"
#include "engine/kernels/attention.h"

namespace temper::engine {
namespace {

// A cache in 8 or 4 bits holds keys and values turned by a Hadamard matrix, which
// spreads outliers over their neighbours. Queries are turned alike, so scores stay what
// they are, and what comes out is turned back.
constexpr std::size_t kTurned = 64;

bool is_turned(KvType type, std::size_t head_size) {
  return (type == KvType::Q8_0 || type == KvType::Q4_0) && head_size % kTurned == 0;
}

// Times the normalised Hadamard matrix, which is its own inverse, 64 elements at a time.
void turn_hadamard(float* x, std::size_t count) {
  for (float* block = x; block < x + count; block += kTurned) {
    for (std::size_t half = 1; half < kTurned; half *= 2) {
      for (std::size_t i = 0; i < kTurned; i += 2 * half) {
        for (std::size_t j = i; j < i + half; ++j) {
          const float a = block[j];
          const float b = block[j + half];
          block[j] = a + b;
          block[j + half] = a - b;
        }
      }
    }
    for (std::size_t i = 0; i < kTurned; ++i) block[i] *= 0.125F;
  }
}

const CacheLayout& layout_of(const Pass& pass) {
  return pass.parts().front().sequence->store().layout();
}

void turn_rows(Pass& pass, const Rows& x) {
  pass.each_row(x.width * 8, [&](std::size_t row) { turn_hadamard(x.row(row), x.width); });
}

Rows turned_copy(Pass& pass, const Rows& x) {
  const Rows copy = pass.rows(x.width);
  std::memcpy(copy.data, x.data, x.size() * sizeof(float));
  turn_rows(pass, copy);
  return copy;
}

// A piece of the work: some tokens of a part, one head of keys.
struct Piece {
  const Part* part;
  std::size_t first;
  std::size_t count;
  std::size_t head;
};

std::vector<Piece> pieces_of(const Pass& pass, std::size_t heads) {
  std::vector<Piece> pieces;
  for (const Part& part : pass.parts()) {
    for (std::size_t first = 0; first < part.count; first += kAttentionTokens) {
      for (std::size_t head = 0; head < heads; ++head) {
        pieces.push_back({&part, first, std::min(kAttentionTokens, part.count - first), head});
      }
    }
  }
  // The last tokens see the most: they go first, so that no thread is left with them.
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

}  // namespace

Result<Projections> load_projections(Weights& weights, const std::string& layer, const Heads& heads,
                                     std::size_t embedding) {
  const std::size_t query = heads.query * heads.size;
  const std::size_t kv = heads.kv * heads.size;
  Projections loaded;
  const std::string fused = layer + "attn_qkv";
  if (weights.has(fused + ".weight")) {
    const std::size_t all = query + 2 * kv;
    loaded.query = TRY(weights.linear_part(fused, all, 0, query, embedding));
    loaded.key = TRY(weights.linear_part(fused, all, query, kv, embedding));
    loaded.value = TRY(weights.linear_part(fused, all, query + kv, kv, embedding));
  } else {
    loaded.query = TRY(weights.linear(layer + "attn_q", query, embedding));
    loaded.key = TRY(weights.linear(layer + "attn_k", kv, embedding));
    loaded.value = TRY(weights.linear(layer + "attn_v", kv, embedding));
  }
  return loaded;
}

void remember(Pass& pass, std::size_t cache, const Rows& keys, const Rows& values) {
  const CacheLayout& layout = layout_of(pass);
  const CacheLayer& layer = layout.shape().layers[cache];
  const CacheLayout::Place& place = layout.place(cache);
  const Scratch::Scope scope(pass.scratch());
  const bool turned = is_turned(layout.type(), layer.head_size);
  const Rows k = turned ? turned_copy(pass, keys) : keys;
  const Rows v = turned ? turned_copy(pass, values) : values;
  const auto store_head = [&](const Part& part, std::size_t head) {
    const std::size_t at = head * layer.head_size;
    const std::size_t offset = head * place.head_bytes;
    for (std::size_t t = 0; t < part.count; ++t) {
      const std::size_t position = part.position + t;
      std::byte* page = part.sequence->page_to_write(place.group, position);
      const std::size_t slot = position % kPageTokens;
      store_key(layout.type(), k.row(part.first_row + t) + at, layer.head_size,
                page + place.keys + offset, slot);
      store_value(layout.type(), v.row(part.first_row + t) + at, layer.head_size,
                  page + place.values + offset, slot);
    }
  };
  for (const Part& part : pass.parts()) {
    pass.each(layer.kv_heads, part.count * layer.head_size * 8,
              [&](std::size_t head) { store_head(part, head); });
  }
}

Rows attend(Pass& pass, std::size_t cache, const Rows& queries, float scale,
            const std::vector<float>& sinks) {
  const CacheLayout& layout = layout_of(pass);
  const CacheLayer& layer = layout.shape().layers[cache];
  const CacheLayout::Place& place = layout.place(cache);
  const Rows out = pass.rows(queries.width);
  const std::size_t group = queries.width / layer.head_size / layer.kv_heads;
  const bool turned = is_turned(layout.type(), layer.head_size);
  if (turned) turn_rows(pass, queries);

  const std::vector<Piece> pieces = pieces_of(pass, layer.kv_heads);
  pass.compute().threads.parallel_for(pieces.size(), [&](std::size_t index) {
    thread_local std::vector<float> scratch;  // for as long as the thread lives: made once
    scratch.resize(std::max(scratch.size(), attention_scratch_floats(group, layer.head_size)));
    const Piece& piece = pieces[index];
    const std::size_t row = piece.part->first_row + piece.first;
    const std::size_t at = piece.head * group * layer.head_size;
    AttentionTask task;
    task.queries = queries.row(row) + at;
    task.out = out.row(row) + at;
    task.stride = queries.width;
    task.count = piece.count;
    task.group = group;
    task.head_size = layer.head_size;
    task.position = piece.part->position + piece.first;
    task.window = layer.window;
    task.scale = scale;
    task.sinks = sinks.empty() ? nullptr : sinks.data() + piece.head * group;
    task.type = layout.type();
    task.pages = piece.part->sequence->pages(place.group).data();
    task.key_offset = place.keys + piece.head * place.head_bytes;
    task.value_offset = place.values + piece.head * place.head_bytes;
    engine::attend(pass.compute().kernels, task, scratch.data());
  });
  if (turned) turn_rows(pass, out);
  return out;
}

}  // namespace temper::engine
