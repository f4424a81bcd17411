// What this processor can do: its instruction sets, its cores, its name.
//
// Knows nothing of who uses that. How much of the machine is free at the moment,
// or granted by a container, is not its business.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace temper {

// True where the processor has it and the system saves the registers it needs.
// Named as Linux names them in /proc/cpuinfo, but for `neon` ("asimd" there) and
// `dotprod` ("asimddp").
struct CpuFeatures {
  // x86-64
  bool avx2 = false;
  bool fma = false;
  bool f16c = false;
  bool avx_vnni = false;
  bool avx512f = false;
  bool avx512bw = false;
  bool avx512dq = false;
  bool avx512vl = false;
  bool avx512_vnni = false;
  bool avx512_bf16 = false;
  bool amx_bf16 = false;
  bool amx_int8 = false;
  // 64-bit ARM
  bool neon = false;
  bool dotprod = false;
  bool i8mm = false;
  bool sve = false;

  bool operator==(const CpuFeatures&) const = default;
};

// The names of the features that are there, in the order above.
std::vector<std::string_view> feature_names(const CpuFeatures& features);

// Asks the processor itself; cheap, and the same answer every time.
CpuFeatures detect_cpu_features();

struct CoreCount {
  std::size_t logical = 1;   // processors that this process may run on
  std::size_t physical = 1;  // cores that these belong to

  bool operator==(const CoreCount&) const = default;
};

// The cores of the processors numbered `usable`, by Linux's description of them
// in `folder`. What is not described there counts as a core of its own.
CoreCount count_cores(const std::vector<std::size_t>& usable,
                      const std::filesystem::path& folder = "/sys/devices/system/cpu");

struct CpuInfo {
  std::string model;  // "AMD EPYC 9654 96-Core Processor"; never empty
  CoreCount cores;
  CpuFeatures features;
};

CpuInfo detect_cpu();

}  // namespace temper
