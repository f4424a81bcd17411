#include "base/cpu.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace temper {
namespace {

// What follows "KEY : " in the first such line of /proc/cpuinfo.
std::string cpuinfo_line(std::string_view key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !line.starts_with(key)) continue;
    if (line.find_first_not_of(" \t", key.size()) != colon) continue;
    return colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  }
  return "";
}

// The features among `words` as Linux writes them.
std::vector<std::string_view> features_in(const std::string& words) {
  CpuFeatures all;
  std::fill_n(reinterpret_cast<bool*>(&all), sizeof all, true);
  std::vector<std::string_view> found;
  for (std::string_view name : feature_names(all)) {
    std::string_view linux_name = name == "neon" ? "asimd" : name == "dotprod" ? "asimddp" : name;
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
      if (word == linux_name) found.push_back(name);
    }
  }
  return found;
}

TEST_CASE("cpu: the features are those that the kernel lists") {
  const CpuInfo cpu = detect_cpu();
#if defined(__aarch64__)
  const std::string flags = cpuinfo_line("Features");
  const bool same_processor = !flags.empty();
#else
  const std::string flags = cpuinfo_line("flags");
  std::istringstream listed(cpuinfo_line("model name"));
  std::istringstream detected(cpu.model);
  bool same_processor = !flags.empty();
  for (std::string left, right; listed >> left;) {
    same_processor = same_processor && detected >> right && left == right;
  }
#endif
  if (!same_processor) {
    std::printf("SKIPPED: /proc/cpuinfo does not describe the (emulated) processor %s\n",
                cpu.model.c_str());
    return;
  }
  CHECK(feature_names(cpu.features) == features_in(flags));
}

TEST_CASE("cpu: names are given for what is there, in a fixed order") {
  CHECK(feature_names({}).empty());
  CHECK(feature_names({.avx2 = true, .avx512f = true, .neon = true}) ==
        std::vector<std::string_view>{"avx2", "avx512f", "neon"});
}

// A folder as Linux has it, with each processor's siblings; "" for none.
class CpuFolder {
 public:
  explicit CpuFolder(const std::vector<std::string>& siblings) {
    std::string pattern = (std::filesystem::temp_directory_path() / "temper-cpu-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
    for (std::size_t processor = 0; processor < siblings.size(); ++processor) {
      if (siblings[processor].empty()) continue;
      const auto folder = path_ / ("cpu" + std::to_string(processor)) / "topology";
      std::filesystem::create_directories(folder);
      std::ofstream(folder / "thread_siblings_list") << siblings[processor] << '\n';
    }
  }
  ~CpuFolder() { std::filesystem::remove_all(path_); }
  CpuFolder(const CpuFolder&) = delete;
  CpuFolder& operator=(const CpuFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST_CASE("cpu: threads of one core count once, and only where we may run") {
  const CpuFolder hybrid({"0-1", "0-1", "2", "3"});
  CHECK(count_cores({0, 1, 2, 3}, hybrid.path()) == CoreCount{4, 3});
  CHECK(count_cores({1, 3}, hybrid.path()) == CoreCount{2, 2});
  CHECK(count_cores({1}, hybrid.path()) == CoreCount{1, 1});

  const CpuFolder halves({"0,2", "1,3", "0,2", "1,3"});
  CHECK(count_cores({0, 1, 2, 3}, halves.path()) == CoreCount{4, 2});

  const CpuFolder undescribed({"0-1", "0-1", "", ""});
  CHECK(count_cores({0, 1, 2, 3}, undescribed.path()) == CoreCount{4, 3});
}

TEST_CASE("cpu: this machine has a name and at least one core") {
  const CpuInfo cpu = detect_cpu();
  CHECK(!cpu.model.empty());
  CHECK(cpu.cores.physical >= 1);
  CHECK(cpu.cores.physical <= cpu.cores.logical);
}

}  // namespace
}  // namespace temper
