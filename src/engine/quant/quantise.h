// Writes a model anew with other types of tensors.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/thread_pool.h"
#include "engine/gguf/model_file.h"
#include "engine/gguf/writer.h"
#include "engine/quant/quantise_plan.h"

namespace temper::engine {

// What a type has in the new file, and what its making lost.
struct QuantisedType {
  TensorType type = TensorType::F32;
  std::uint64_t tensors = 0;
  std::uint64_t parameters = 0;
  std::uint64_t bytes = 0;
  // Of the tensors that were changed to it: the root of the mean squared difference, as
  // a share of the values' root mean square. 0 where there are none.
  double error = 0;
};

// The tables of the file that is to be: keys as they are but for those that say what the
// tensors are and how the model is split, which it no longer is. `type` is what the
// file will be called by.
GgufTables quantised_tables(const ModelFile& model, std::span<const PlannedTensor> plan,
                            TensorType type);

// Called now and then, with how much of the model's tensors has been done.
using QuantiseProgress = std::function<void(std::uint64_t done_bytes)>;

// Writes it. The same bytes for any number of threads. Returns one entry for each type,
// most bytes first. Fails, and leaves nothing, where a value is not finite, or more than
// its type can hold; where the file exists and is not to be replaced; and on a stop.
Result<std::vector<QuantisedType>> quantise(const ModelFile& model,
                                            std::span<const PlannedTensor> plan,
                                            const GgufTables& tables, const std::string& path,
                                            Existing existing, ThreadPool& threads,
                                            const StopToken& stop,
                                            const QuantiseProgress& progress);

}  // namespace temper::engine
