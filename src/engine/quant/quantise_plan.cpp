#include "engine/quant/quantise_plan.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

// Endings of names of matrices that are small, and of which much hangs on each value:
// routers, and what goes into the state of a recurrent layer or into every layer.
constexpr auto kSensitiveEndings = std::to_array<std::string_view>({
    "norm.weight",
    "ffn_gate_inp.weight",
    "ffn_gate_inp_shexp.weight",
    "ssm_conv1d.weight",
    "ssm_alpha.weight",
    "ssm_beta.weight",
    "ssm_ba.weight",
    "per_layer_model_proj.weight",
    "position_embd.weight",
    "token_types.weight",
});

bool is_sensitive(const Tensor& tensor) {
  const bool is_vector = tensor.element_count == tensor.dimensions[0];
  return is_vector || !tensor.name.ends_with(".weight") || !can_decode(tensor.type) ||
         std::ranges::any_of(kSensitiveEndings, [&](std::string_view ending) {
           return tensor.name.ends_with(ending);
         });
}

bool has_whole_blocks(const Tensor& tensor, TensorType type) {
  return tensor.dimensions[0] % tensor_type_info(type).elements_per_block == 0;
}

// The one whose rows make the logits: a model without such a matrix takes its embedding.
std::string_view name_of_output(std::span<const Tensor* const> tensors) {
  constexpr std::string_view kOutput = "output.weight";
  const bool has_one =
      std::ranges::any_of(tensors, [&](const Tensor* tensor) { return tensor->name == kOutput; });
  return has_one ? kOutput : "token_embd.weight";
}

Result<void> check_types(const QuantiseRules& rules) {
  std::vector<TensorType> types = {rules.type, rules.output_type};
  for (const TypeForNames& rule : rules.for_names) types.push_back(rule.type);
  for (const TensorType type : types) {
    if (!can_encode(type)) {
      return Error{Code::Unsupported,
                   format("tensors cannot be made {}, only read", tensor_type_info(type).name)};
    }
  }
  return {};
}

// What was asked for by a whole name must be possible.
Result<PlannedTensor> plan_named(const Tensor& tensor, TensorType type) {
  const TensorTypeInfo& info = tensor_type_info(type);
  if (tensor.type == type) return PlannedTensor{&tensor, type, Fate::HasType};
  if (!can_decode(tensor.type)) {
    return Error{Code::Invalid, format("{} holds {}, which cannot become {}", tensor.name,
                                       tensor_type_info(tensor.type).name, info.name)};
  }
  if (!has_whole_blocks(tensor, type)) {
    return Error{Code::Invalid,
                 format("{} has rows of {}, which are no whole number of {} blocks of {}; choose "
                        "another type for it",
                        tensor.name, tensor.dimensions[0], info.name, info.elements_per_block)};
  }
  return PlannedTensor{&tensor, type, Fate::Changed};
}

PlannedTensor plan_other(const Tensor& tensor, TensorType type) {
  if (is_sensitive(tensor)) return {&tensor, tensor.type, Fate::Sensitive};
  if (tensor.type == type) return {&tensor, type, Fate::HasType};
  if (!has_whole_blocks(tensor, type)) return {&tensor, tensor.type, Fate::OddRows};
  return {&tensor, type, Fate::Changed};
}

}  // namespace

TensorType usual_output_type(TensorType type) {
  const TensorTypeInfo& info = tensor_type_info(type);
  const TensorTypeInfo& six = tensor_type_info(TensorType::Q6_K);
  const bool fewer_bits =
      info.bytes_per_block * six.elements_per_block < six.bytes_per_block * info.elements_per_block;
  return fewer_bits ? TensorType::Q6_K : type;
}

bool name_fits(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  // What the star stands for ends at the first place where the next piece begins; the
  // last piece must end with the name.
  std::string_view rest = name.substr(star);
  std::string_view pieces = pattern.substr(star + 1);
  while (true) {
    const std::size_t next = pieces.find('*');
    if (next == pieces.npos) return rest.ends_with(pieces);
    const std::size_t place = rest.find(pieces.substr(0, next));
    if (place == rest.npos) return false;
    rest.remove_prefix(place + next);
    pieces.remove_prefix(next + 1);
  }
}

Result<std::vector<PlannedTensor>> plan_quantisation(std::span<const Tensor* const> tensors,
                                                     const QuantiseRules& rules) {
  TRY(check_types(rules));
  const std::string_view output = name_of_output(tensors);
  std::vector<bool> used(rules.for_names.size());
  std::vector<PlannedTensor> plan;
  plan.reserve(tensors.size());
  for (const Tensor* tensor : tensors) {
    TensorType type = tensor->name == output ? rules.output_type : rules.type;
    bool is_named = false;
    for (std::size_t i = 0; i < rules.for_names.size(); ++i) {
      const auto& [pattern, wanted] = rules.for_names[i];
      const bool is_whole = pattern == tensor->name;
      if (!is_whole && (!name_fits(pattern, tensor->name) || is_sensitive(*tensor))) continue;
      used[i] = true;
      is_named = is_whole;
      type = wanted;
    }
    plan.push_back(is_named ? TRY(plan_named(*tensor, type)) : plan_other(*tensor, type));
  }
  const auto unused = std::ranges::find(used, false);
  if (unused != used.end()) {
    return Error{Code::NotFound,
                 format("no tensor that may change is called {}; `temper inspect --tensors` lists "
                        "them",
                        rules.for_names[static_cast<std::size_t>(unused - used.begin())].pattern)};
  }
  return plan;
}

}  // namespace temper::engine
