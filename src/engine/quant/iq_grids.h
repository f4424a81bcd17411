// The code books of the IQ2 and IQ3 types: rows of magnitudes, before sign and scale.
//
// Plain arrays, so that code for any instruction set may read them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace temper::engine {

template <std::size_t rows, std::size_t columns>
struct Grid {
  alignas(columns) std::uint8_t values[rows][columns];
};

extern const Grid<256, 8> kGridIQ2XXS;
extern const Grid<512, 8> kGridIQ2XS;
extern const Grid<1024, 8> kGridIQ2S;
extern const Grid<256, 4> kGridIQ3XXS;
extern const Grid<512, 4> kGridIQ3S;

}  // namespace temper::engine
