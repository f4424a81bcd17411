#include "engine/models/registry.h"

#include <array>
#include <string>

#include "base/format.h"

namespace temper::engine {

// Each is defined in the file of its name.
using Load = Result<std::unique_ptr<Model>>(const Hyperparameters&, Weights&, const ModelOptions&);
Load load_llama;
Load load_mistral3;
Load load_qwen3;
Load load_qwen3moe;
Load load_qwen35;
Load load_qwen35moe;
Load load_gemma4;
Load load_gpt_oss;

namespace {

constexpr auto kArchitectures = std::to_array<Architecture>({
    {"llama", load_llama},
    {"mistral3", load_mistral3},
    {"qwen3", load_qwen3},
    {"qwen3moe", load_qwen3moe},
    {"qwen35", load_qwen35},
    {"qwen35moe", load_qwen35moe},
    {"gemma4", load_gemma4},
    {"gpt-oss", load_gpt_oss},
});

}  // namespace

std::span<const Architecture> architectures() { return kArchitectures; }

Result<std::unique_ptr<Model>> load_model(const ModelFile& file, Weights& weights,
                                          const ModelOptions& options) {
  const Hyperparameters keys = TRY(Hyperparameters::of(file));
  std::string known;
  for (const Architecture& architecture : kArchitectures) {
    if (architecture.name == keys.architecture()) return architecture.load(keys, weights, options);
    known += format("{}{}", known.empty() ? "" : ", ", architecture.name);
  }
  return Error{Code::Unsupported,
               format("{}: the architecture \"{}\" is not one that temper computes; these are: {}",
                      file.name(), keys.architecture(), known)};
}

}  // namespace temper::engine
