#include "engine/quant/quantise_plan.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "base/format.h"

namespace temper::engine {
namespace {

using enum TensorType;

Tensor tensor(std::string_view name, TensorType type, std::vector<std::uint64_t> dimensions) {
  Tensor made;
  made.name = name;
  made.type = type;
  made.dimension_count = dimensions.size();
  made.element_count = 1;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    made.dimensions[i] = dimensions[i];
    made.element_count *= dimensions[i];
  }
  return made;
}

std::string_view fate_name(Fate fate) {
  switch (fate) {
    case Fate::Changed: return "changed";
    case Fate::HasType: return "has type";
    case Fate::Sensitive: return "sensitive";
    case Fate::OddRows: return "odd rows";
  }
  return "";
}

// "NAME TYPE FATE" of each, or the error.
std::vector<std::string> outcome(const std::vector<Tensor>& tensors, const QuantiseRules& rules) {
  std::vector<const Tensor*> pointers;
  pointers.reserve(tensors.size());
  for (const Tensor& one : tensors) pointers.push_back(&one);
  const Result<std::vector<PlannedTensor>> plan = plan_quantisation(pointers, rules);
  if (!plan) return {"refused: " + plan.error().message};
  std::vector<std::string> lines;
  for (const PlannedTensor& planned : *plan) {
    lines.push_back(format("{} {} {}", planned.tensor->name, tensor_type_info(planned.type).name,
                           fate_name(planned.fate)));
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("quantise plan: matrices change; vectors, routers and what is no weight do not") {
  CHECK(
      outcome(
          {tensor("token_embd.weight", BF16, {512, 1000}),
           tensor("output.weight", BF16, {512, 1000}), tensor("output_norm.weight", F32, {512}),
           tensor("blk.0.attn_q.weight", Q8_0, {512, 512}),
           tensor("blk.0.attn_k.weight", Q4_K, {512, 64}), tensor("blk.0.attn_q.bias", F32, {512}),
           tensor("blk.0.ffn_gate_inp.weight", F32, {512, 8}),
           tensor("blk.0.ffn_gate_inp_shexp.weight", F16, {512, 1}),
           tensor("blk.0.ffn_up_exps.weight", BF16, {512, 256, 8}),
           tensor("blk.0.ffn_up_exps.bias", F32, {256, 8}),
           tensor("blk.0.ssm_conv1d.weight", F32, {4, 512}),
           tensor("blk.0.table.weight", I32, {512, 8}),
           tensor("blk.0.ffn_down.weight", F16, {96, 512})},
          {}) == Lines{"token_embd.weight Q4_K changed", "output.weight Q6_K changed",
                       "output_norm.weight F32 sensitive", "blk.0.attn_q.weight Q4_K changed",
                       "blk.0.attn_k.weight Q4_K has type", "blk.0.attn_q.bias F32 sensitive",
                       "blk.0.ffn_gate_inp.weight F32 sensitive",
                       "blk.0.ffn_gate_inp_shexp.weight F16 sensitive",
                       "blk.0.ffn_up_exps.weight Q4_K changed",
                       "blk.0.ffn_up_exps.bias F32 sensitive",
                       "blk.0.ssm_conv1d.weight F32 sensitive", "blk.0.table.weight I32 sensitive",
                       "blk.0.ffn_down.weight F16 odd rows"});
}

TEST_CASE("quantise plan: without an output matrix, the embedding makes the logits") {
  CHECK(outcome({tensor("token_embd.weight", F16, {256, 10})}, {}) ==
        Lines{"token_embd.weight Q6_K changed"});
}

TEST_CASE("quantise plan: names win, the last one that fits") {
  const std::vector<Tensor> tensors = {tensor("output.weight", F16, {256, 10}),
                                       tensor("blk.0.attn_v.weight", F16, {256, 32}),
                                       tensor("blk.1.attn_v.weight", F16, {256, 32})};
  CHECK(outcome(tensors, {.for_names = {{"*.attn_v.weight", Q6_K},
                                        {"blk.1.*", Q8_0},
                                        {"output.weight", F16}}}) ==
        Lines{"output.weight F16 has type", "blk.0.attn_v.weight Q6_K changed",
              "blk.1.attn_v.weight Q8_0 changed"});
}

TEST_CASE("quantise plan: a star passes over what is sensitive, a whole name does not") {
  const std::vector<Tensor> tensors = {tensor("blk.0.ffn_up.weight", F16, {96, 32}),
                                       tensor("blk.0.ffn_norm.weight", F32, {256}),
                                       tensor("blk.0.ffn_gate_inp.weight", F32, {256, 8})};
  CHECK(outcome(tensors, {.for_names = {{"blk.0.ffn_*", Q8_0}}}) ==
        Lines{"blk.0.ffn_up.weight Q8_0 changed", "blk.0.ffn_norm.weight F32 sensitive",
              "blk.0.ffn_gate_inp.weight F32 sensitive"});
  CHECK(outcome(tensors, {.for_names = {{"blk.0.ffn_gate_inp.weight", F16}}}) ==
        Lines{"blk.0.ffn_up.weight F16 odd rows", "blk.0.ffn_norm.weight F32 sensitive",
              "blk.0.ffn_gate_inp.weight F16 changed"});
  for (const std::string pattern : {"blk.7.*", "*_norm.weight"}) {
    CHECK(outcome(tensors, {.for_names = {{pattern, Q8_0}}}) ==
          Lines{format("refused: no tensor that may change is called {}; `temper inspect "
                       "--tensors` lists them",
                       pattern)});
  }
}

TEST_CASE("quantise plan: what is asked for by a whole name must be possible") {
  const std::vector<Tensor> tensors = {tensor("a.weight", F16, {96, 10}),
                                       tensor("b.weight", I32, {256, 32})};
  CHECK(outcome(tensors, {.for_names = {{"a.weight", Q4_K}}}) ==
        Lines{"refused: a.weight has rows of 96, which are no whole number of Q4_K blocks of 256; "
              "choose another type for it"});
  CHECK(outcome(tensors, {.for_names = {{"a*", Q4_K}}}) ==
        Lines{"a.weight F16 odd rows", "b.weight I32 sensitive"});
  CHECK(outcome(tensors, {.for_names = {{"b.weight", Q8_0}}}) ==
        Lines{"refused: b.weight holds I32, which cannot become Q8_0"});
  CHECK(outcome(tensors, {.type = IQ2_XS}) ==
        Lines{"refused: tensors cannot be made IQ2_XS, only read"});
}

TEST_CASE("quantise plan: the output has six bits at least") {
  for (const auto& [type, output] : std::vector<std::pair<TensorType, TensorType>>{
           {Q4_K, Q6_K}, {Q4_0, Q6_K}, {Q6_K, Q6_K}, {Q8_0, Q8_0}, {BF16, BF16}, {F32, F32}}) {
    CHECK(tensor_type_info(usual_output_type(type)).name == tensor_type_info(output).name);
  }
}

TEST_CASE("quantise plan: a star stands for any text") {
  struct Row {
    std::string_view pattern;
    std::string_view name;
    bool fits;
  };
  for (const Row& row : std::vector<Row>{{"a", "a", true},
                                         {"a", "ab", false},
                                         {"", "", true},
                                         {"*", "", true},
                                         {"*", "abc", true},
                                         {"a*", "abc", true},
                                         {"a*", "ba", false},
                                         {"*c", "abc", true},
                                         {"*b", "abc", false},
                                         {"a*c", "ac", true},
                                         {"a*a", "a", false},
                                         {"ab*ba", "aba", false},
                                         {"*.ffn_*.weight", "blk.0.ffn_up.weight", true},
                                         {"*b*b*", "abab", true},
                                         {"*b*b*b", "abab", false},
                                         {"**", "x", true}}) {
    CAPTURE(row.pattern);
    CAPTURE(row.name);
    CHECK(name_fits(row.pattern, row.name) == row.fits);
  }
}

}  // namespace
}  // namespace temper::engine
