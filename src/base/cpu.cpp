#include "base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <set>
#include <thread>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace temper {
namespace {

struct Feature {
  std::string_view name;
  bool CpuFeatures::*flag;
};

constexpr std::array<Feature, 16> kFeatures = {{
    {"avx2", &CpuFeatures::avx2},
    {"fma", &CpuFeatures::fma},
    {"f16c", &CpuFeatures::f16c},
    {"avx_vnni", &CpuFeatures::avx_vnni},
    {"avx512f", &CpuFeatures::avx512f},
    {"avx512bw", &CpuFeatures::avx512bw},
    {"avx512dq", &CpuFeatures::avx512dq},
    {"avx512vl", &CpuFeatures::avx512vl},
    {"avx512_vnni", &CpuFeatures::avx512_vnni},
    {"avx512_bf16", &CpuFeatures::avx512_bf16},
    {"amx_bf16", &CpuFeatures::amx_bf16},
    {"amx_int8", &CpuFeatures::amx_int8},
    {"neon", &CpuFeatures::neon},
    {"dotprod", &CpuFeatures::dotprod},
    {"i8mm", &CpuFeatures::i8mm},
    {"sve", &CpuFeatures::sve},
}};
static_assert(sizeof(CpuFeatures) == kFeatures.size(), "every flag has its name");

#if defined(__x86_64__)

struct Registers {
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

// All zero where the processor has no such leaf.
Registers cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
  Registers answer;
  __get_cpuid_count(leaf, subleaf, &answer.eax, &answer.ebx, &answer.ecx, &answer.edx);
  return answer;
}

bool bit(std::uint32_t value, unsigned index) { return ((value >> index) & 1) != 0; }

// XCR0: which registers the system saves when it switches threads. Not to be
// asked unless CPUID says that the instruction exists.
std::uint32_t saved_registers() {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// Bits: Intel's Software Developer's Manual, volume 2, CPUID; volume 1, 13.1.
CpuFeatures detect() {
  const Registers basic = cpuid(1);
  const bool can_ask = bit(basic.ecx, 27);
  const std::uint32_t saved = can_ask ? saved_registers() : 0;
  constexpr std::uint32_t kYmm = 0x6;          // xmm and the upper halves of ymm
  constexpr std::uint32_t kZmm = kYmm | 0xe0;  // mask registers and the rest of zmm
  constexpr std::uint32_t kTiles = 0x60000;
  const bool ymm = (saved & kYmm) == kYmm;
  const bool zmm = (saved & kZmm) == kZmm;
  const bool tiles = (saved & kTiles) == kTiles;
  const Registers extended = cpuid(7, 0);
  const Registers more = cpuid(7, 1);

  CpuFeatures features;
  features.fma = ymm && bit(basic.ecx, 12);
  features.f16c = ymm && bit(basic.ecx, 29);
  features.avx2 = ymm && bit(extended.ebx, 5);
  features.avx_vnni = ymm && bit(more.eax, 4);
  features.avx512f = zmm && bit(extended.ebx, 16);
  features.avx512dq = zmm && bit(extended.ebx, 17);
  features.avx512bw = zmm && bit(extended.ebx, 30);
  features.avx512vl = zmm && bit(extended.ebx, 31);
  features.avx512_vnni = zmm && bit(extended.ecx, 11);
  features.avx512_bf16 = zmm && bit(more.eax, 5);
  features.amx_bf16 = tiles && bit(extended.edx, 22);
  features.amx_int8 = tiles && bit(extended.edx, 25);
  return features;
}

// Three leaves of sixteen bytes each, padded with blanks or zeros.
std::string model_name() {
  std::string name;
  if (cpuid(0x80000000).eax >= 0x80000004) {
    for (std::uint32_t leaf = 0x80000002; leaf <= 0x80000004; ++leaf) {
      const Registers part = cpuid(leaf);
      for (std::uint32_t word : {part.eax, part.ebx, part.ecx, part.edx}) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
          name.push_back(static_cast<char>(word >> shift));
        }
      }
    }
  }
  name.resize(std::min(name.find('\0'), name.size()));
  const std::size_t first = name.find_first_not_of(' ');
  if (first == name.npos) return "x86-64 processor";
  return name.substr(first, name.find_last_not_of(' ') + 1 - first);
}

#else

CpuFeatures detect() {
  CpuFeatures features;
#if defined(__aarch64__) && defined(__linux__)
  const unsigned long first = getauxval(AT_HWCAP);
  const unsigned long second = getauxval(AT_HWCAP2);
  features.neon = (first & HWCAP_ASIMD) != 0;
  features.dotprod = (first & HWCAP_ASIMDDP) != 0;
  features.sve = (first & HWCAP_SVE) != 0;
  features.i8mm = (second & HWCAP2_I8MM) != 0;
#endif
  return features;
}

std::string model_name() {
#if defined(__aarch64__)
  return "64-bit ARM processor";
#else
  return "unknown processor";
#endif
}

#endif

std::vector<std::size_t> usable_processors() {
  std::vector<std::size_t> usable;
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &set)) usable.push_back(processor);
    }
  }
#endif
  // More than CPU_SETSIZE processors, or no such call: all that there are.
  if (usable.empty()) {
    const std::size_t all = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t processor = 0; processor < all; ++processor) usable.push_back(processor);
  }
  return usable;
}

}  // namespace

std::vector<std::string_view> feature_names(const CpuFeatures& features) {
  std::vector<std::string_view> names;
  for (const Feature& feature : kFeatures) {
    if (features.*feature.flag) names.push_back(feature.name);
  }
  return names;
}

CpuFeatures detect_cpu_features() { return detect(); }

CoreCount count_cores(const std::vector<std::size_t>& usable, const std::filesystem::path& folder) {
  std::set<std::string> cores;  // each by the list of its processors, "0,64"
  std::size_t undescribed = 0;
  for (std::size_t processor : usable) {
    std::ifstream file(folder / ("cpu" + std::to_string(processor)) / "topology" /
                       "thread_siblings_list");
    std::string siblings;
    if (std::getline(file, siblings) && !siblings.empty()) {
      cores.insert(siblings);
    } else {
      ++undescribed;
    }
  }
  return CoreCount{usable.size(), cores.size() + undescribed};
}

CpuInfo detect_cpu() {
  return CpuInfo{model_name(), count_cores(usable_processors()), detect_cpu_features()};
}

}  // namespace temper
