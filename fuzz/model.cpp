// Any bytes as a model: what is not refused in a sentence can be loaded, takes what was
// measured for it, and computes numbers for tokens, the same whole and one by one.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/cpu.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/unique_fd.h"
#include "base/verify.h"
#include "engine/models/local_model.h"

namespace temper::engine {
namespace {

using Scores = std::vector<std::vector<float>>;

Scores scores_of(LocalModel& model, const std::vector<TokenId>& tokens, std::size_t at_a_time) {
  Scores scores;
  Sequence sequence = model.new_sequence();
  for (std::size_t i = 0; i < tokens.size(); i += at_a_time) {
    LocalModel::Append how;
    for (std::size_t at = i; at < tokens.size(); ++at) how.scores_at.push_back(at);
    const std::span some = std::span(tokens).subspan(i, std::min(at_a_time, tokens.size() - i));
    const Result<void> done =
        model.append(sequence, some, how, [&](std::size_t, std::span<const float> values) {
          scores.emplace_back(values.begin(), values.end());
        });
    VERIFY(done.ok(), "a few tokens are computed");
  }
  return scores;
}

// Damaged weights overflow, and an infinity times the nothing of a masked token is a NaN that
// a shorter step does not see: then there is nothing to compare.
bool all_finite(const Scores& scores) {
  return std::all_of(scores.begin(), scores.end(), [](const std::vector<float>& row) {
    return std::all_of(row.begin(), row.end(), [](float score) { return std::isfinite(score); });
  });
}

void check_error(const Error& error) {
  VERIFY(!error.message.empty() && error.message.size() < 4000, "an error is a sentence");
}

void check(const std::string& path) {
  Result<ModelFile> file = ModelFile::open(path, "fuzz.gguf");
  if (!file) return check_error(file.error());
  LoadOptions options;
  options.kernels = available_kernels(detect_cpu_features()).back();
  options.arithmetic = Arithmetic::Exact;
  options.context = 8;
  options.step = 8;
  options.drafts = true;
  options.kv = KvType::F32;
  options.snapshot_bytes = 0;
  const Result<MemoryNeed> need = measure_memory(*file, options);
  if (!need) return check_error(need.error());
  if (need->total() > (std::uint64_t{64} << 20)) return;
  Result<std::unique_ptr<LocalModel>> model = LocalModel::load(std::move(file).take(), options);
  VERIFY(model.ok(), "what can be measured can be loaded");
  const auto last = static_cast<TokenId>((*model)->shape().vocabulary - 1);
  const std::vector<TokenId> tokens{0, last, last / 2, 0, 1 % (last + 1)};
  const Scores whole = scores_of(**model, tokens, tokens.size());
  VERIFY(whole.size() == tokens.size(), "each token has scores");
  const Scores one_by_one = scores_of(**model, tokens, 1);
  if (all_finite(whole) && all_finite(one_by_one)) {
    VERIFY(whole == one_by_one, "steps do not matter");
  }
  VERIFY((*model)->scratch_peak_bytes() <= (*model)->need().scratch + (1 << 16),
         "the scratch memory is as it was measured");
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const temper::UniqueFd file(memfd_create("model", MFD_CLOEXEC));
  VERIFY(file.is_open(), "there is memory for a file");
  VERIFY(write(file.get(), data, size) == static_cast<ssize_t>(size), "the file is written");
  temper::engine::check(temper::format("/proc/self/fd/{}", file.get()));
  return 0;
}
