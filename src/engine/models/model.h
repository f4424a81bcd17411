// A model: tokens in, scores of the next token out.
//
// Behind this port stands one file per architecture, listed in registry.cpp. A model is
// only read while it computes; what it remembers is in the sequences of a pass.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/kv/layout.h"
#include "engine/kv/sequence.h"
#include "engine/layers/pass.h"

namespace temper::engine {

struct ModelShape {
  std::string architecture;
  std::size_t vocabulary = 0;
  std::size_t embedding = 0;
  std::size_t layers = 0;   // without a draft head
  std::size_t context = 0;  // that it was trained for
  CacheShape cache;
  // Of scratch memory, that a pass takes for each of its rows at most; scores are beside.
  std::size_t scratch_floats_per_row = 0;
  bool drafts = false;  // has a head that guesses the token after the next
};

class Model {
 public:
  virtual ~Model() = default;

  const ModelShape& shape() const { return shape_; }

  // The tokens of the pass, on their way through all layers and the last norm:
  // [count, embedding]. Where the pass is stopped it may return early, with anything.
  virtual Rows hidden(Pass& pass) const = 0;
  // [rows of hidden, vocabulary].
  virtual Rows scores(Pass& pass, const Rows& hidden) const = 0;

  // Only of models that draft. In place of hidden: the draft head's vectors for the
  // tokens of the pass, each with what `before` says of the token before it: its
  // hidden vector, or the draft's. Not committed, for it is a guess.
  virtual Rows draft(Pass& pass, const Rows& before) const;
  virtual Rows draft_scores(Pass& pass, const Rows& drafted) const;
  // The hidden vector of the sequence's last token; null for an empty one.
  virtual const float* last_hidden(const Sequence& sequence) const;

 protected:
  explicit Model(ModelShape shape) : shape_(std::move(shape)) {}

 private:
  ModelShape shape_;
};

}  // namespace temper::engine
