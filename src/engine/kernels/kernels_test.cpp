#include "engine/kernels/kernels.h"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <span>

#include "base/format.h"
#include "base/random.h"

namespace temper::engine {
namespace {

// Every set of this machine, the portable one too; says which it leaves out.
std::vector<Kernels> sets_here() {
  std::vector<Kernels> sets = available_kernels(detect_cpu_features());
#if defined(__x86_64__)
  static bool said = false;
  if (sets.size() < 4 && !said) {
    std::printf("SKIPPED: this machine can run %zu instruction sets of 4, up to %s\n", sets.size(),
                std::string(instruction_set_name(sets.back().set)).c_str());
    said = true;
  }
#endif
  return sets;
}

// Numbers that end where a page ends, after which nothing may be read.
template <typename T>
class Guarded {
 public:
  explicit Guarded(std::size_t capacity) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    size_ = (capacity * sizeof(T) + page - 1) / page * page;
    start_ = static_cast<char*>(
        mmap(nullptr, size_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    REQUIRE(start_ != MAP_FAILED);
    REQUIRE(mprotect(start_ + size_, page, PROT_NONE) == 0);
    page_ = page;
  }
  ~Guarded() { munmap(start_, size_ + page_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  // The last `count` numbers: with every count, another alignment.
  T* last(std::size_t count) { return reinterpret_cast<T*>(start_ + size_) - count; }

 private:
  char* start_ = nullptr;
  std::size_t size_ = 0;
  std::size_t page_ = 0;
};

std::uint16_t to_bf16(float value) {
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
}
float from_bf16(std::uint16_t half) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
}

constexpr std::size_t kMaxCount = 300;

// Small whole numbers, whose sums are exact in every order: the set must give the
// very number. This finds an element that is left out, read twice or misplaced.
TEST_CASE("kernels: exact sums are exact, for every count and alignment") {
  Guarded<float> left(kMaxCount);
  Guarded<float> right(kMaxCount);
  Guarded<std::uint16_t> weights(kMaxCount);
  Random random(1);
  for (const Kernels& kernels : sets_here()) {
    for (std::size_t count = 0; count <= kMaxCount; ++count) {
      float* const l = left.last(count);
      float* const r = right.last(count);
      std::uint16_t* const w = weights.last(count);
      float wanted = 0;
      for (std::size_t i = 0; i < count; ++i) {
        l[i] = static_cast<float>(random.below(255)) - 127;
        r[i] = static_cast<float>(random.below(255)) - 127;
        w[i] = to_bf16(l[i]);
        wanted += l[i] * r[i];
      }
      const std::string where = format("{}, {}", instruction_set_name(kernels.set), count);
      CHECK_MESSAGE(kernels.dot_f32(l, r, count) == wanted, where);
      CHECK_MESSAGE(kernels.dot_bf16_f32(w, r, count) == wanted, where);
    }
  }
}

struct Case {
  std::vector<float> left;
  std::vector<float> right;
  std::vector<std::uint16_t> weights;  // `left`, cut to bf16
};

Case random_case(std::size_t count, Random& random) {
  Case made;
  for (std::size_t i = 0; i < count; ++i) {
    // Magnitudes from 2^-20 to 2^20, so that rounding matters.
    const auto draw = [&] {
      return static_cast<float>(
          std::ldexp(random.unit() * 2 - 1, static_cast<int>(random.below(41)) - 20));
    };
    made.left.push_back(draw());
    made.right.push_back(draw());
    made.weights.push_back(to_bf16(made.left.back()));
  }
  return made;
}

// How far `found` is from the exact sum, in what kernels.h allows. The bound is
// that of any sum in single precision whose terms each meet at most
// count / 8 + 16 roundings: eight sums side by side are the fewest in any set.
template <typename Weight>
double excess(float found, std::span<const float> right, Weight weight) {
  long double exact = 0;
  long double magnitude = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    const long double product = static_cast<long double>(weight(i)) * right[i];
    exact += product;
    magnitude += std::abs(product);
  }
  const long double roundings = static_cast<long double>(right.size()) / 8 + 16;
  const long double allowed = roundings * 0x1p-24L * magnitude;
  return static_cast<double>(std::abs(found - exact) / allowed);
}

TEST_CASE("kernels: every set is as near to the exact sum as its header promises") {
  Random random(2);
  for (std::size_t count : {1U, 7U, 8U, 31U, 63U, 65U, 257U, 1000U, 4096U, 14336U}) {
    const Case made = random_case(count, random);
    for (const Kernels& kernels : sets_here()) {
      const std::string where = format("{}, {}", instruction_set_name(kernels.set), count);
      CHECK_MESSAGE(excess(kernels.dot_f32(made.left.data(), made.right.data(), count), made.right,
                           [&](std::size_t i) { return made.left[i]; }) <= 1,
                    where);
      CHECK_MESSAGE(
          excess(kernels.dot_bf16_f32(made.weights.data(), made.right.data(), count), made.right,
                 [&](std::size_t i) { return from_bf16(made.weights[i]); }) <= 1,
          where);
    }
  }
}

bool same(float a, float b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

// One special product at each place, among ones that are 0.
TEST_CASE("kernels: infinities, NaNs, subnormals and signs come through at every place") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  constexpr float kTiny = 0x1p-133F;  // subnormal, and exact in bf16
  struct Row {
    float weight, activation, wanted;
  };
  for (const Row& row :
       {Row{kInfinity, 2, kInfinity}, Row{kInfinity, -2, -kInfinity}, Row{kInfinity, 0, kNaN},
        Row{kNaN, 1, kNaN}, Row{1, kNaN, kNaN}, Row{kTiny, 1, kTiny}, Row{kTiny, -2, -2 * kTiny},
        Row{0x1p-70F, 0x1p-70F, 0x1p-140F}, Row{0x1p100F, 0x1p100F, kInfinity}, Row{-0.0F, 1, 0}}) {
    for (const Kernels& kernels : sets_here()) {
      constexpr std::size_t kCount = 101;
      for (std::size_t place = 0; place < kCount; ++place) {
        std::vector<float> left(kCount);
        std::vector<float> right(kCount);
        std::vector<std::uint16_t> weights(kCount);
        left[place] = row.weight;
        right[place] = row.activation;
        weights[place] = to_bf16(row.weight);
        const std::string where = format("{}, {} * {} at {}", instruction_set_name(kernels.set),
                                         row.weight, row.activation, place);
        CHECK_MESSAGE(same(kernels.dot_f32(left.data(), right.data(), kCount), row.wanted), where);
        CHECK_MESSAGE(same(kernels.dot_bf16_f32(weights.data(), right.data(), kCount), row.wanted),
                      where);
      }
    }
  }
}

TEST_CASE("kernels: the same numbers give the same bits, wherever they lie") {
  Random random(3);
  const Case made = random_case(333, random);
  std::vector<float> shifted(made.left.size() + 16);
  for (const Kernels& kernels : sets_here()) {
    const float wanted = kernels.dot_f32(made.left.data(), made.right.data(), made.left.size());
    for (std::size_t shift = 0; shift < 16; ++shift) {
      std::copy(made.left.begin(), made.left.end(),
                shifted.begin() + static_cast<std::ptrdiff_t>(shift));
      CHECK(kernels.dot_f32(shifted.data() + shift, made.right.data(), made.left.size()) == wanted);
    }
  }
}

std::string choice(const CpuFeatures& features, std::string_view forced) {
  const Result<Kernels> chosen = choose_kernels(features, forced);
  return chosen ? std::string(instruction_set_name(chosen->set)) : chosen.error().message;
}

constexpr CpuFeatures kHaswell = {.avx2 = true, .fma = true, .f16c = true};

#if defined(__x86_64__)

constexpr CpuFeatures kIceLake = {.avx2 = true,
                                  .fma = true,
                                  .f16c = true,
                                  .avx512f = true,
                                  .avx512bw = true,
                                  .avx512dq = true,
                                  .avx512vl = true,
                                  .avx512_vnni = true};

constexpr CpuFeatures kAlderLake = {.avx2 = true, .fma = true, .f16c = true, .avx_vnni = true};

TEST_CASE("kernels: the most able set is chosen, and only one that the processor can run") {
  CHECK(choice({}, "") == "portable");
  CHECK(choice({.avx2 = true}, "") == "portable");  // without FMA and F16C
  CHECK(choice(kHaswell, "") == "avx2");
  CHECK(choice(kAlderLake, "") == "avx2vnni");
  CHECK(choice(kIceLake, "") == "avx512");
  CpuFeatures knights_landing = kIceLake;
  knights_landing.avx512bw = false;
  CHECK(choice(knights_landing, "") == "avx2");
  CpuFeatures skylake = kIceLake;
  skylake.avx512_vnni = false;
  CHECK(choice(skylake, "") == "avx2");
}

TEST_CASE("kernels: a set can be forced, but not onto a machine without it") {
  CHECK(choice(kIceLake, "portable") == "portable");
  CHECK(choice(kIceLake, "avx2") == "avx2");
  CHECK(choice(kHaswell, "avx512") ==
        "this machine does not have the instruction set avx512; it has: portable, avx2");
  CHECK(choice({}, "avx2") ==
        "this machine does not have the instruction set avx2; it has: portable");
  CHECK(choice(kHaswell, "sse9") ==
        "there is no instruction set called \"sse9\"; this machine has: portable, avx2");
  CHECK(choice(kHaswell, "AVX2") ==
        "there is no instruction set called \"AVX2\"; this machine has: portable, avx2");
}

#else

TEST_CASE("kernels: a processor of another kind has the portable set") {
  CHECK(choice(kHaswell, "") == "portable");
  CHECK(choice(kHaswell, "avx2") ==
        "this machine does not have the instruction set avx2; it has: portable");
}

#endif

float zero(const float*, const float*, std::size_t) { return 0; }
void nothing(const RowProducts&) {}
void no_panels(const PanelProducts&) {}
void no_numbers(const float*, std::size_t, ActivationBlock*) {}

std::string complaint(const Kernels& kernels) {
  const Result<void> found = self_check(kernels);
  return found ? "" : found.error().message;
}

TEST_CASE("kernels: the self-check passes here, and sees a set that is wrong") {
  for (const Kernels& kernels : sets_here()) {
    CHECK(complaint(kernels).empty());
    const std::string end =
        format(" with {}; choose another instruction set", instruction_set_name(kernels.set));
    Kernels broken = kernels;
    broken.dot_f32 = zero;
    CHECK(complaint(broken).starts_with("dot_f32 computes 0 where "));
    CHECK(complaint(broken).ends_with(end));
    broken = kernels;
    broken.rows_f16 = nothing;
    CHECK(complaint(broken).starts_with("rows_f16 computes 0 where "));
    broken = kernels;
    broken.panels_q6_k = no_panels;
    CHECK(complaint(broken).starts_with("Q6_K computes 0 where "));
    broken = kernels;
    broken.quantize = no_numbers;
    CHECK(complaint(broken).starts_with("Q8_0 computes "));
  }
}

}  // namespace
}  // namespace temper::engine
