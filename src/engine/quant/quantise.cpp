#include "engine/quant/quantise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "base/format.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

// A whole number of blocks of every type, and small enough for a processor's cache.
constexpr std::uint64_t kChunkElements = 1 << 15;
// That are worked on together, and written at once.
constexpr std::uint64_t kChunksAtOnce = 128;

// llama.cpp's `llama_ftype`, which others show as the file's type.
std::uint32_t file_type_id(TensorType type) {
  switch (type) {
    case TensorType::F32: return 0;
    case TensorType::F16: return 1;
    case TensorType::Q4_0: return 2;
    case TensorType::Q8_0: return 7;
    case TensorType::Q4_K: return 14;
    case TensorType::Q6_K: return 18;
    case TensorType::BF16: return 32;
    default: return 1024;  // "guessed"
  }
}

constexpr std::uint32_t kQuantisationVersion = 2;  // of the blocks' layouts, ggml's

struct Loss {
  double errors = 0;   // squared
  double squares = 0;  // of the values
};

struct ChunkOutcome {
  Loss loss;
  std::optional<std::uint64_t> not_finite;  // elements of the chunk
  std::optional<std::uint64_t> too_large;
};

std::optional<std::uint64_t> find_not_finite(std::span<const float> values) {
  const auto place =
      std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
  if (place == values.end()) return std::nullopt;
  return static_cast<std::uint64_t>(place - values.begin());
}

ChunkOutcome convert(TensorType from, const std::byte* blocks, TensorType to, std::byte* out,
                     std::size_t elements) {
  ChunkOutcome outcome;
  std::vector<float> values(elements);
  decode(from, blocks, values);
  outcome.not_finite = find_not_finite(values);
  if (outcome.not_finite) return outcome;
  encode(to, values, out);

  std::vector<float> kept(elements);
  decode(to, out, kept);
  outcome.too_large = find_not_finite(kept);
  for (std::size_t i = 0; i < elements; ++i) {
    const double error = static_cast<double>(kept[i]) - static_cast<double>(values[i]);
    outcome.loss.errors += error * error;
    outcome.loss.squares += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  }
  return outcome;
}

class Quantiser {
 public:
  Quantiser(const ModelFile& model, GgufFileWriter& writer, ThreadPool& threads,
            const StopToken& stop, const QuantiseProgress& progress)
      : model_(model), writer_(writer), threads_(threads), stop_(stop), progress_(progress) {}

  Result<void> write(const PlannedTensor& planned) {
    return planned.type == planned.tensor->type ? copy(*planned.tensor) : change(planned);
  }

  const std::map<TensorType, Loss>& losses() const { return losses_; }

 private:
  Result<void> copy(const Tensor& tensor) {
    constexpr std::size_t kPiece = std::size_t{16} << 20;
    for (std::size_t at = 0; at < tensor.data.size(); at += kPiece) {
      const auto piece = tensor.data.subspan(at, std::min(kPiece, tensor.data.size() - at));
      TRY(writer_.append(piece));
      TRY(finish(piece));
    }
    return {};
  }

  Result<void> change(const PlannedTensor& planned) {
    const Tensor& tensor = *planned.tensor;
    const auto bytes_of = [](TensorType type, std::uint64_t elements) {
      const TensorTypeInfo& info = tensor_type_info(type);
      return static_cast<std::size_t>(elements / info.elements_per_block * info.bytes_per_block);
    };
    std::vector<std::byte> blocks;
    std::vector<ChunkOutcome> outcomes;
    for (std::uint64_t first = 0; first < tensor.element_count;
         first += kChunkElements * kChunksAtOnce) {
      const std::uint64_t elements =
          std::min(kChunkElements * kChunksAtOnce, tensor.element_count - first);
      const auto source =
          tensor.data.subspan(bytes_of(tensor.type, first), bytes_of(tensor.type, elements));
      blocks.resize(bytes_of(planned.type, elements));
      outcomes.assign((elements + kChunkElements - 1) / kChunkElements, {});
      threads_.parallel_for(outcomes.size(), [&](std::size_t chunk) {
        const std::uint64_t begin = chunk * kChunkElements;
        outcomes[chunk] =
            convert(tensor.type, source.data() + bytes_of(tensor.type, begin), planned.type,
                    blocks.data() + bytes_of(planned.type, begin),
                    static_cast<std::size_t>(std::min(kChunkElements, elements - begin)));
      });
      TRY(take(planned, first, outcomes));
      TRY(writer_.append(blocks));
      TRY(finish(source));
    }
    return {};
  }

  // Adds up the losses in the order of the chunks, so that the sum is always the same.
  Result<void> take(const PlannedTensor& planned, std::uint64_t first,
                    const std::vector<ChunkOutcome>& outcomes) {
    Loss& loss = losses_[planned.type];
    for (std::size_t chunk = 0; chunk < outcomes.size(); ++chunk) {
      const ChunkOutcome& outcome = outcomes[chunk];
      const std::uint64_t begin = first + chunk * kChunkElements;
      if (outcome.not_finite) {
        return Error{Code::Corrupt,
                     format("{}: element {} of {} is not a finite number, so the model is damaged; "
                            "download it again",
                            model_.name(), begin + *outcome.not_finite, planned.tensor->name)};
      }
      if (outcome.too_large) {
        return Error{Code::Unsupported,
                     format("{}: element {} of {} is more than {} can hold; choose BF16 or F32 for "
                            "it",
                            model_.name(), begin + *outcome.too_large, planned.tensor->name,
                            tensor_type_info(planned.type).name)};
      }
      loss.errors += outcome.loss.errors;
      loss.squares += outcome.loss.squares;
    }
    return {};
  }

  // Of bytes of the model that are not needed any more.
  Result<void> finish(std::span<const std::byte> source) {
    model_.drop_resident(source);
    done_bytes_ += source.size();
    progress_(done_bytes_);
    if (stop_.stop_requested()) return stopped_error("the quantisation");
    return {};
  }

  const ModelFile& model_;
  GgufFileWriter& writer_;
  ThreadPool& threads_;
  const StopToken& stop_;
  const QuantiseProgress& progress_;
  std::uint64_t done_bytes_ = 0;
  std::map<TensorType, Loss> losses_;
};

std::vector<QuantisedType> sum_up(std::span<const PlannedTensor> plan, const GgufTables& tables,
                                  const std::map<TensorType, Loss>& losses) {
  std::map<TensorType, QuantisedType> types;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    QuantisedType& sum = types[plan[i].type];
    sum.type = plan[i].type;
    ++sum.tensors;
    sum.parameters += plan[i].tensor->element_count;
    sum.bytes += tables.tensor_bytes()[i];
  }
  std::vector<QuantisedType> sorted;
  for (auto& [type, sum] : types) {
    const auto loss = losses.find(type);
    if (loss != losses.end() && loss->second.squares > 0) {
      sum.error = std::sqrt(loss->second.errors / loss->second.squares);
    }
    sorted.push_back(sum);
  }
  std::ranges::stable_sort(sorted, std::ranges::greater{}, &QuantisedType::bytes);
  return sorted;
}

}  // namespace

GgufTables quantised_tables(const ModelFile& model, std::span<const PlannedTensor> plan,
                            TensorType type) {
  constexpr std::string_view kFileType = "general.file_type";
  constexpr std::string_view kVersion = "general.quantization_version";
  std::map<std::string_view, std::uint32_t> numbers = {{kVersion, kQuantisationVersion},
                                                       {kFileType, file_type_id(type)}};
  GgufTables tables(model.first().alignment());
  for (const MetadataEntry& entry : model.first().metadata()) {
    if (entry.key.starts_with("split.")) continue;
    const auto changed = numbers.extract(entry.key);
    if (changed.empty()) {
      tables.add_key(entry.key, entry.value);
    } else {
      tables.add_key(entry.key, changed.mapped());
    }
  }
  for (const auto& [key, number] : numbers) tables.add_key(key, number);
  for (const PlannedTensor& planned : plan) {
    tables.add_tensor(planned.tensor->name, planned.type, planned.tensor->shape());
  }
  return tables;
}

Result<std::vector<QuantisedType>> quantise(const ModelFile& model,
                                            std::span<const PlannedTensor> plan,
                                            const GgufTables& tables, const std::string& path,
                                            Existing existing, ThreadPool& threads,
                                            const StopToken& stop,
                                            const QuantiseProgress& progress) {
  GgufFileWriter writer = TRY(GgufFileWriter::create(path, tables, existing));
  Quantiser quantiser(model, writer, threads, stop, progress);
  for (const PlannedTensor& planned : plan) TRY(quantiser.write(planned));
  TRY(writer.commit());
  return sum_up(plan, tables, quantiser.losses());
}

}  // namespace temper::engine
