#include "engine/quant/iq_grids.h"

#include <doctest/doctest.h>

#include <string>

#include "base/sha256.h"

namespace temper::engine {
namespace {

template <std::size_t rows, std::size_t columns>
std::string digest(const Grid<rows, columns>& grid) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(grid.values)));
  return to_hex(hash.finish());
}

// Of the values as ggml's `ggml-common.h` has them, a byte each, row after row.
TEST_CASE("iq grids: the code books are those of the format, to the last value") {
  CHECK(digest(kGridIQ2XXS) == "05826b5d3e472a3a78f196be62ac78acf81df0f909626e12ab9fa2a5d490dd54");
  CHECK(digest(kGridIQ2XS) == "06e47aaca60b4dc1d9b5a3f34540437058a6b142b4d7a59d5ded769b4d1bf1de");
  CHECK(digest(kGridIQ2S) == "e1aa1473412b0552c2174c30ef22ab4073f6a181b85a17056e8249bd2932fd88");
  CHECK(digest(kGridIQ3XXS) == "46e35f5a997efdee6c99ce57854c8a0d4f0ff8ca57e5e8a60c0793ea580acf5d");
  CHECK(digest(kGridIQ3S) == "bd1af4945a1717c65610b0284e4628b9a1ba3b306fae3a06f6e5f597356e349f");
}

}  // namespace
}  // namespace temper::engine
