// A model in this process: its file, its weights, the threads that compute, and the
// memory of its sequences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop.h"
#include "base/thread_pool.h"
#include "engine/gguf/model_file.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/matrix.h"
#include "engine/kv/sequence.h"
#include "engine/models/model.h"

namespace temper::engine {

struct LoadOptions {
  Kernels kernels;
  std::size_t threads = 1;
  Arithmetic arithmetic = Arithmetic::Fast;
  KvType kv = KvType::F16;
  std::size_t context = 4096;  // tokens that there shall be memory for, in all sequences together
  std::size_t step = 512;      // tokens of a prompt that are computed at a time
  bool drafts = false;         // with the draft head, where the file has one
  // State snapshots of marks, of each sequence; see Sequence::mark.
  std::uint64_t snapshot_bytes = std::uint64_t{1} << 30;
};

// What a loaded model takes, in bytes.
struct MemoryNeed {
  std::uint64_t packed = 0;      // weights in memory of our own
  std::uint64_t mapped = 0;      // weights used in the file's pages
  std::uint64_t context = 0;     // keys, values and states for the whole context
  std::uint64_t scratch = 0;     // what a step computes with
  std::uint64_t vocabulary = 0;  // its words, in the file and as a tokenizer has them
  std::uint64_t program = 0;     // what is there without a model

  std::uint64_t total() const { return packed + mapped + context + scratch + vocabulary + program; }
};

// Known without loading. Fails where the file is no model that can be loaded.
Result<MemoryNeed> measure_memory(const ModelFile& file, const LoadOptions& options);
// What the file says of itself, all tensors checked, nothing loaded.
Result<ModelShape> read_shape(const ModelFile& file, const LoadOptions& options);

// One thread at a time.
class LocalModel {
 public:
  // `progress` is told how many bytes of weights are ready, of how many.
  using LoadProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;
  static Result<std::unique_ptr<LocalModel>> load(ModelFile file, const LoadOptions& options,
                                                  const LoadProgress& progress = {},
                                                  const StopToken& stop = {});
  LocalModel(const LocalModel&) = delete;
  LocalModel& operator=(const LocalModel&) = delete;

  const ModelFile& file() const { return file_; }
  const ModelShape& shape() const { return model_->shape(); }
  const LoadOptions& options() const { return options_; }
  const MemoryNeed& need() const { return need_; }
  CacheStore& store() { return *store_; }
  std::size_t scratch_peak_bytes() const { return scratch_.peak_floats() * sizeof(float); }

  // Must not outlive the model.
  Sequence new_sequence() { return Sequence(*store_); }

  // Called for each token whose scores were asked for: its place in the sequence, and the
  // scores of what follows it, not normalised; valid during the call.
  using TakeScores = std::function<void(std::size_t position, std::span<const float> scores)>;

  struct Append {
    // Which places' scores are wanted; none: that of the last token.
    std::vector<std::size_t> scores_at;
    StopToken stop;
    // After each step: how many of the tokens are done.
    std::function<void(std::size_t done)> progress;
  };

  // Computes the tokens, the sequence's next ones. Stopped or failed, the sequence is as
  // long as the steps that were finished: it can go on from there.
  Result<void> append(Sequence& sequence, std::span<const TokenId> tokens, const Append& how,
                      const TakeScores& take);

  // Guesses up to `count` tokens after `next`, which was chosen to follow the sequence;
  // each the likeliest. The sequence stays as it is. Only where shape().drafts.
  Result<std::vector<TokenId>> draft(Sequence& sequence, TokenId next, std::size_t count);
  // The draft head's scores at each of the tokens, from the start of a new sequence: for tests.
  Result<void> draft_scores(std::span<const TokenId> tokens, const TakeScores& take);

 private:
  LocalModel(ModelFile file, const LoadOptions& options)
      : file_(std::move(file)), options_(options), threads_(options.threads - 1) {}

  Result<void> check(std::span<const TokenId> tokens) const;
  Result<void> step(Sequence& sequence, std::span<const TokenId> tokens, const Append& how,
                    bool last, const TakeScores& take);

  ModelFile file_;
  LoadOptions options_;
  ThreadPool threads_;
  Compute compute_{options_.kernels, threads_};
  MemoryNeed need_;
  std::unique_ptr<Model> model_;
  Scratch scratch_;
  std::unique_ptr<CacheStore> store_;
};

}  // namespace temper::engine
