#include "engine/gguf/tensor_type.h"

#include <doctest/doctest.h>

namespace temper::engine {
namespace {

TEST_CASE("tensor type: the table is in the order of ids, and names are unique") {
  for (std::size_t i = 1; i < tensor_types().size(); ++i) {
    CHECK(tensor_types()[i - 1].type < tensor_types()[i].type);
    for (std::size_t j = 0; j < i; ++j) CHECK(tensor_types()[i].name != tensor_types()[j].name);
  }
}

TEST_CASE("tensor type: found by id, and only where we know it") {
  CHECK(find_tensor_type(12)->name == "Q4_K");
  CHECK(find_tensor_type(39)->name == "MXFP4");
  CHECK(tensor_type_info(TensorType::BF16).bytes_per_block == 2);
  for (std::uint32_t unknown : {4U, 5U, 9U, 15U, 19U, 29U, 31U, 40U, 0xffffffffU}) {
    CHECK(find_tensor_type(unknown) == nullptr);
  }
}

// From the layouts: scales, minimums, high bits and indices of one block, in bytes.
TEST_CASE("tensor type: a block's bytes are the sum of its parts") {
  struct Row {
    TensorType type;
    std::uint32_t bytes;
  };
  for (const Row& row :
       {Row{TensorType::Q4_0, 2 + 16}, Row{TensorType::Q5_1, 2 + 2 + 4 + 16},
        Row{TensorType::Q8_0, 2 + 32}, Row{TensorType::Q2_K, 16 + 64 + 2 + 2},
        Row{TensorType::Q3_K, 32 + 64 + 12 + 2}, Row{TensorType::Q4_K, 2 + 2 + 12 + 128},
        Row{TensorType::Q5_K, 2 + 2 + 12 + 32 + 128}, Row{TensorType::Q6_K, 128 + 64 + 16 + 2},
        Row{TensorType::IQ2_XXS, 2 + 8 * 8}, Row{TensorType::IQ2_XS, 2 + 64 + 8},
        Row{TensorType::IQ2_S, 2 + 32 + 32 + 8 + 8}, Row{TensorType::IQ3_XXS, 2 + 64 + 32},
        Row{TensorType::IQ3_S, 2 + 64 + 8 + 32 + 4}, Row{TensorType::IQ4_NL, 2 + 16},
        Row{TensorType::IQ4_XS, 2 + 2 + 4 + 128}, Row{TensorType::MXFP4, 1 + 16}}) {
    CHECK_MESSAGE(tensor_type_info(row.type).bytes_per_block == row.bytes,
                  tensor_type_info(row.type).name);
  }
}

}  // namespace
}  // namespace temper::engine
