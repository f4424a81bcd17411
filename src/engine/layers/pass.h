// One evaluation: some tokens of one or several sequences, on their way through a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/stop.h"
#include "engine/gguf/token_id.h"
#include "engine/kernels/matrix.h"
#include "engine/kv/sequence.h"

namespace temper::engine {

// [count, width] floats in the scratch memory of a pass.
struct Rows {
  float* data = nullptr;
  std::size_t count = 0;
  std::size_t width = 0;

  float* row(std::size_t index) const { return data + index * width; }
  std::size_t size() const { return count * width; }
};

// Memory for what lives no longer than a pass: taken in order, given back in reverse.
class Scratch {
 public:
  explicit Scratch(std::size_t floats = 0) { reserve(floats); }

  void reserve(std::size_t floats);
  float* take(std::size_t floats);
  // The most that was ever taken at a time.
  std::size_t peak_floats() const { return peak_; }

  // All that is taken while it lives is given back when it ends.
  class Scope {
   public:
    explicit Scope(Scratch& scratch)
        : scratch_(scratch), block_(scratch.block_), used_(scratch.used_), taken_(scratch.taken_) {}
    ~Scope() {
      scratch_.block_ = block_;
      scratch_.used_ = used_;
      scratch_.taken_ = taken_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Scratch& scratch_;
    std::size_t block_;
    std::size_t used_;
    std::size_t taken_;
  };

 private:
  struct Block {
    std::unique_ptr<float[]> floats;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // the one that is taken from
  std::size_t used_ = 0;   // of it
  std::size_t taken_ = 0;
  std::size_t peak_ = 0;
};

// The rows of a pass that belong to one sequence: its next tokens, in order.
struct Part {
  Sequence* sequence = nullptr;  // prepared for `count` tokens
  std::size_t first_row = 0;
  std::size_t count = 0;
  std::size_t position = 0;  // of the first
};

class Pass {
 public:
  // All of it must outlive the pass. `stop` may be null.
  Pass(const Compute& compute, Scratch& scratch, const StopToken* stop)
      : compute_(compute), scratch_(scratch), stop_(stop) {}

  // The next tokens of a sequence, which must be prepared for them.
  void add(Sequence& sequence, std::span<const TokenId> tokens);
  // The same for tokens from another place on, as a draft needs it.
  void add_at(Sequence& sequence, std::span<const TokenId> tokens, std::size_t position);

  const Compute& compute() const { return compute_; }
  Scratch& scratch() { return scratch_; }
  bool stopped() const { return stop_ != nullptr && stop_->stop_requested(); }

  std::size_t count() const { return tokens_.size(); }
  const std::vector<TokenId>& tokens() const { return tokens_; }
  const std::vector<std::size_t>& positions() const { return positions_; }
  const std::vector<Part>& parts() const { return parts_; }

  Rows rows(std::size_t width) { return {scratch_.take(count() * width), count(), width}; }

  // Calls work for each from 0 on, on all threads where that pays: where each is `cost` steps.
  void each(std::size_t count, std::size_t cost,
            const std::function<void(std::size_t index)>& work) const;
  void each_row(std::size_t cost, const std::function<void(std::size_t row)>& work) const {
    each(count(), cost, work);
  }

 private:
  const Compute& compute_;
  Scratch& scratch_;
  const StopToken* stop_;
  std::vector<TokenId> tokens_;
  std::vector<std::size_t> positions_;
  std::vector<Part> parts_;
};

// x += y
void add(const Pass& pass, const Rows& x, const Rows& y);

}  // namespace temper::engine
