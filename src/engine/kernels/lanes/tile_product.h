// The body of tile_product, for a file that has included its set's vector.h: four rows
// by four registers of columns at a time, then what remains.
// NOLINTBEGIN(misc-definitions-in-headers): each set includes it once, in a namespace of its own.
namespace {

constexpr size_t kTileRows = 4;
constexpr size_t kTileVectors = 4;

template <size_t kRows, size_t kVectors>
[[gnu::always_inline]] inline void tile(const TileProduct& task, size_t row, size_t column) {
  Vector sums[kRows][kVectors];
#pragma GCC unroll 4
  for (size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v) {
      sums[i][v] = zeros();
      if (task.start != nullptr) {
        const float* start = task.start + (row + i) * task.start_stride + column + v * kLanes;
        sums[i][v] = multiply(spread(task.start_scale), load(start));
      }
    }
  }
  const float* left = task.left + static_cast<ptrdiff_t>(row) * task.left_row;
  const float* right = task.right + column;
  for (size_t j = 0; j < task.depth; ++j) {
    Vector values[kVectors];
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v) values[v] = load(right + v * kLanes);
#pragma GCC unroll 4
    for (size_t i = 0; i < kRows; ++i) {
      const Vector factor = spread(left[static_cast<ptrdiff_t>(i) * task.left_row]);
#pragma GCC unroll 4
      for (size_t v = 0; v < kVectors; ++v) {
        sums[i][v] = multiply_add(factor, values[v], sums[i][v]);
      }
    }
    left += task.left_step;
    right += task.right_stride;
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v) {
      store(task.out + (row + i) * task.out_stride + column + v * kLanes, sums[i][v]);
    }
  }
}

// The columns behind the last whole register, added as its lanes are.
[[gnu::noinline]] void single_columns(const TileProduct& task, size_t row, size_t column) {
  for (; column < task.columns; ++column) {
    float sum = task.start == nullptr
                    ? 0.0F
                    : task.start_scale * task.start[row * task.start_stride + column];
    const float* left = task.left + static_cast<ptrdiff_t>(row) * task.left_row;
    for (size_t j = 0; j < task.depth; ++j) {
      sum = multiply_add_one(left[static_cast<ptrdiff_t>(j) * task.left_step],
                             task.right[j * task.right_stride + column], sum);
    }
    task.out[row * task.out_stride + column] = sum;
  }
}

template <size_t kRows>
[[gnu::always_inline]] inline void rows_of_tiles(const TileProduct& task, size_t row) {
  size_t column = 0;
  for (; column + kTileVectors * kLanes <= task.columns; column += kTileVectors * kLanes) {
    tile<kRows, kTileVectors>(task, row, column);
  }
  for (; column + kLanes <= task.columns; column += kLanes) tile<kRows, 1>(task, row, column);
  for (size_t i = 0; i < kRows; ++i) single_columns(task, row + i, column);
}

}  // namespace

void tile_product(const TileProduct& task) {
  size_t row = 0;
  for (; row + kTileRows <= task.rows; row += kTileRows) rows_of_tiles<kTileRows>(task, row);
  for (; row < task.rows; ++row) rows_of_tiles<1>(task, row);
}
// NOLINTEND(misc-definitions-in-headers)
