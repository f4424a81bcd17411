#include "engine/models/local_model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/format.h"
#include "base/verify.h"
#include "engine/models/registry.h"

namespace temper::engine {
namespace {

// Measured on vocabularies of Qwen (152 thousand words), Gemma 4 (262 thousand) and one of
// unused words: a tokenizer and the pages of the file that it was read from take 3.3 to 3.5
// times the bytes of the file's tables, which are almost all vocabulary.
constexpr double kVocabularyPerTable = 3.4;
// `temper --version` at its peak.
constexpr std::uint64_t kProgram = 10 << 20;

struct Opened {
  std::unique_ptr<Model> model;
  CacheLayout layout;
  MemoryNeed need;
};

Result<Opened> open_model(const ModelFile& file, const LoadOptions& options, const Compute& compute,
                          Weights::Purpose purpose, Weights::GoOn go_on = {}) {
  Weights weights(file, options.arithmetic, compute, purpose, std::move(go_on));
  ModelOptions model_options;
  model_options.drafts = options.drafts;
  model_options.delta_form =
      options.arithmetic == Arithmetic::Exact ? DeltaForm::Recurrent : DeltaForm::Chunked;
  Opened opened;
  opened.model = TRY(load_model(file, weights, model_options));
  const ModelShape& shape = opened.model->shape();
  Result<CacheLayout> layout = CacheLayout::make(shape.cache, options.kv);
  if (!layout) return in_context(file.name(), std::move(layout).error());
  opened.layout = std::move(layout).take();
  const std::size_t step = std::min(options.step, options.context);
  opened.need.packed = weights.packed_bytes();
  opened.need.mapped = weights.mapped_bytes();
  opened.need.context = opened.layout.bytes_for(options.context, step);
  opened.need.vocabulary = static_cast<std::uint64_t>(
      kVocabularyPerTable * static_cast<double>(file.first().table_bytes()));
  opened.need.program = kProgram;
  opened.need.scratch = (step * shape.scratch_floats_per_row + shape.vocabulary) * sizeof(float);
  return opened;
}

std::size_t greatest(const Rows& scores) {
  return static_cast<std::size_t>(std::max_element(scores.data, scores.data + scores.width) -
                                  scores.data);
}

}  // namespace

Result<MemoryNeed> measure_memory(const ModelFile& file, const LoadOptions& options) {
  ThreadPool threads(0);
  const Compute compute{options.kernels, threads};
  return TRY(open_model(file, options, compute, Weights::Purpose::Measure)).need;
}

Result<ModelShape> read_shape(const ModelFile& file, const LoadOptions& options) {
  ThreadPool threads(0);
  const Compute compute{options.kernels, threads};
  return TRY(open_model(file, options, compute, Weights::Purpose::Measure)).model->shape();
}

Result<std::unique_ptr<LocalModel>> LocalModel::load(ModelFile file, const LoadOptions& options,
                                                     const LoadProgress& progress,
                                                     const StopToken& stop) {
  VERIFY(options.threads > 0 && options.step > 0, "there is a thread, and a token in a step");
  std::unique_ptr<LocalModel> loaded(new LocalModel(std::move(file), options));
  const MemoryNeed need = TRY(measure_memory(loaded->file_, options));
  const Weights::GoOn go_on = [&](std::uint64_t done) {
    if (progress) progress(done, need.packed + need.mapped);
    return !stop.stop_requested();
  };
  Opened opened =
      TRY(open_model(loaded->file_, options, loaded->compute_, Weights::Purpose::Load, go_on));
  if (stop.stop_requested()) return stopped_error("loading the model");
  loaded->need_ = opened.need;
  loaded->model_ = std::move(opened.model);
  loaded->scratch_.reserve(opened.need.scratch / sizeof(float));
  // Marks and forks may hold pages and states beside the one sequence that was measured.
  const std::uint64_t budget = 2 * opened.need.context + options.snapshot_bytes;
  loaded->store_ = std::make_unique<CacheStore>(std::move(opened.layout), budget);
  return loaded;
}

Result<void> LocalModel::check(std::span<const TokenId> tokens) const {
  for (const TokenId token : tokens) {
    if (token < 0 || static_cast<std::size_t>(token) >= shape().vocabulary) {
      return Error{Code::Invalid, format("{} is no token of {}; its vocabulary goes from 0 to {}",
                                         token, file_.name(), shape().vocabulary - 1)};
    }
  }
  return {};
}

Result<void> LocalModel::append(Sequence& sequence, std::span<const TokenId> tokens,
                                const Append& how, const TakeScores& take) {
  TRY(check(tokens));
  for (std::size_t done = 0; done < tokens.size();) {
    const std::size_t count = std::min(options_.step, tokens.size() - done);
    const bool last = done + count == tokens.size();
    TRY(step(sequence, tokens.subspan(done, count), how, last, take));
    done += count;
    if (how.progress) how.progress(done);
  }
  return {};
}

Result<void> LocalModel::step(Sequence& sequence, std::span<const TokenId> tokens,
                              const Append& how, bool last, const TakeScores& take) {
  const std::size_t start = sequence.length();
  TRY(sequence.prepare(tokens.size()));
  const Scratch::Scope scope(scratch_);
  Pass pass(compute_, scratch_, &how.stop);
  pass.add(sequence, tokens);
  const Rows hidden = model_->hidden(pass);
  if (pass.stopped()) return stopped_error("reading the prompt");
  sequence.commit(tokens);
  for (std::size_t row = 0; row < tokens.size(); ++row) {
    const std::size_t position = start + row;
    const bool wanted = how.scores_at.empty()
                            ? last && row + 1 == tokens.size()
                            : std::find(how.scores_at.begin(), how.scores_at.end(), position) !=
                                  how.scores_at.end();
    if (!wanted) continue;
    const Scratch::Scope scores_scope(scratch_);
    const Rows scores = model_->scores(pass, Rows{hidden.row(row), 1, hidden.width});
    take(position, std::span(scores.data, scores.width));
  }
  return {};
}

Result<std::vector<TokenId>> LocalModel::draft(Sequence& sequence, TokenId next,
                                               std::size_t count) {
  VERIFY(shape().drafts, "a model that drafts is asked for drafts");
  TRY(check(std::span(&next, 1)));
  TRY(sequence.prepare(count));
  std::vector<float> before(shape().embedding);
  if (const float* last = model_->last_hidden(sequence); last != nullptr) {
    std::copy_n(last, before.size(), before.begin());
  }
  std::vector<TokenId> drafted;
  for (std::size_t i = 0; i < count; ++i) {
    const Scratch::Scope scope(scratch_);
    const TokenId token = drafted.empty() ? next : drafted.back();
    Pass pass(compute_, scratch_, nullptr);
    pass.add_at(sequence, std::span(&token, 1), sequence.length() + i);
    const Rows hidden = model_->draft(pass, Rows{before.data(), 1, before.size()});
    drafted.push_back(static_cast<TokenId>(greatest(model_->draft_scores(pass, hidden))));
    std::copy_n(hidden.data, before.size(), before.begin());
  }
  return drafted;
}

Result<void> LocalModel::draft_scores(std::span<const TokenId> tokens, const TakeScores& take) {
  VERIFY(shape().drafts, "a model that drafts is asked for drafts");
  TRY(check(tokens));
  Sequence sequence = new_sequence();
  TRY(sequence.prepare(tokens.size()));
  const Scratch::Scope scope(scratch_);
  Pass pass(compute_, scratch_, nullptr);
  pass.add(sequence, tokens);
  const Rows hidden = model_->hidden(pass);
  const Rows before = pass.rows(hidden.width);
  std::fill_n(before.data, before.width, 0.0F);
  std::copy_n(hidden.data, (hidden.count - 1) * hidden.width, before.row(1));
  const Rows drafted = model_->draft(pass, before);
  for (std::size_t row = 0; row < drafted.count; ++row) {
    const Scratch::Scope scores_scope(scratch_);
    const Rows scores = model_->draft_scores(pass, Rows{drafted.row(row), 1, drafted.width});
    take(row, std::span(scores.data, scores.width));
  }
  return {};
}

}  // namespace temper::engine
