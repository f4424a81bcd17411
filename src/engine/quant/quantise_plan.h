// Which tensors of a model take another type, and which stay as they are.
//
// Decides by names and shapes alone; nothing is read or written here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/file.h"
#include "engine/gguf/tensor_type.h"

namespace temper::engine {

// For the tensors whose names are like `pattern`, where * stands for any text. A pattern
// with a star passes over what is sensitive; a whole name is taken at its word.
struct TypeForNames {
  std::string pattern;
  TensorType type = TensorType::F32;
};

struct QuantiseRules {
  TensorType type = TensorType::Q4_K;         // of the weights
  TensorType output_type = TensorType::Q6_K;  // of those that make the logits
  std::vector<TypeForNames> for_names = {};   // the last that fits wins
};

// Q6_K where the weights have fewer bits, else their own: errors in the logits are seen
// at once.
TensorType usual_output_type(TensorType type);

enum class Fate {
  Changed,
  HasType,    // it is of that type already
  Sensitive,  // a vector, a bias, a router and the like: small, and much hangs on it
  OddRows,    // its rows are no whole number of blocks of that type
};

struct PlannedTensor {
  const Tensor* tensor = nullptr;
  TensorType type = TensorType::F32;  // that it will have
  Fate fate = Fate::Changed;
};

// In the order of the tensors. Fails where a pattern fits no tensor that it may change,
// where a tensor that is named cannot be of its type, or where a type cannot be encoded.
Result<std::vector<PlannedTensor>> plan_quantisation(std::span<const Tensor* const> tensors,
                                                     const QuantiseRules& rules);

// Whether `name` is like `pattern`, where * stands for any text, none too.
bool name_fits(std::string_view pattern, std::string_view name);

}  // namespace temper::engine
