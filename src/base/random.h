// Randomness as something that is passed in, so that tests can repeat it.
//
// Good for sampling, jitter and names of temporary things. Not for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace temper {

// xoshiro256++ (Blackman and Vigna, 2019), seeded through splitmix64. The same
// seed gives the same numbers on every machine. Not safe to share among threads.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  // Seeded by the operating system: different in every run.
  static Random from_system();

  std::uint64_t next();
  // Evenly from [0, bound), without the bias of a remainder. `bound` is not 0.
  std::uint64_t below(std::uint64_t bound);
  // Evenly from [0, 1), with 53 random bits.
  double unit();
  // `length` characters of [a-z0-9]: for file names and ids.
  std::string name(std::size_t length);

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace temper
