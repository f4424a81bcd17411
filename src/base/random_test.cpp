#include "base/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace temper {
namespace {

TEST_CASE("random: the algorithm is the published one") {
  // The first outputs for the state that splitmix64 makes of seed 0, computed
  // with the reference C code of xoshiro256++ and splitmix64.
  Random random(0);
  CHECK(random.next() == 0x53175d61490b23dfULL);
  CHECK(random.next() == 0x61da6f3dc380d507ULL);
  CHECK(random.next() == 0x5c0fdf91ec9a7bfcULL);
}

TEST_CASE("random: a seed repeats, another seed differs") {
  CHECK(Random(7).name(20) == Random(7).name(20));
  CHECK(Random(7).name(20) != Random(8).name(20));
  CHECK(Random::from_system().next() != Random::from_system().next());
}

TEST_CASE("random: bounded numbers are even and stay below the bound") {
  Random random(1);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) ++counts[random.below(6)];
  for (int count : counts) CHECK(std::abs(count - 10'000) < 400);  // four sigma: 365
  CHECK(random.below(1) == 0);
  CHECK(random.below((1ULL << 63) + 1) <= (1ULL << 63));
}

TEST_CASE("random: unit numbers fill [0, 1)") {
  Random random(2);
  double least = 1;
  double most = 0;
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = random.unit();
    least = std::min(least, drawn);
    most = std::max(most, drawn);
    sum += drawn;
  }
  CHECK(least >= 0);
  CHECK(least < 0.01);
  CHECK(most < 1);
  CHECK(most > 0.99);
  CHECK(std::abs(sum / 10'000 - 0.5) < 0.02);
}

}  // namespace
}  // namespace temper
