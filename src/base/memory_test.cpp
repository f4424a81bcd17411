#include "base/memory.h"

#include <doctest/doctest.h>

#include <map>

#include "base/file.h"
#include "base/paths.h"
#include "support/temporary.h"

namespace temper {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

struct Outcome {
  std::uint64_t total = 0;
  std::uint64_t usable = 0;
  std::optional<std::uint64_t> limit;

  bool operator==(const Outcome&) const = default;
};

// Of a machine whose system says this.
Outcome outcome(const std::map<std::string, std::string>& files) {
  const TemporaryDirectory folder = make_temporary_directory();
  for (const auto& [path, text] : files) {
    const std::string whole = folder.path() + path;
    REQUIRE(make_directories(whole.substr(0, whole.rfind('/'))));
    REQUIRE(write_file_atomically(whole, text));
  }
  const std::optional<MemoryState> state = read_memory_state(folder.path());
  return state ? Outcome{state->total, state->usable(), state->limit} : Outcome{};
}

const std::string kMeminfo =
    "MemTotal:        1048576 kB\nMemFree:  1 kB\nMemAvailable:     524288 kB\n";

TEST_CASE("memory is what the system says, within the limits of control groups") {
  CHECK(outcome({}) == Outcome{});
  CHECK(outcome({{"/proc/meminfo", "MemTotal: 1 kB\n"}}) == Outcome{});
  CHECK(outcome({{"/proc/meminfo", kMeminfo}}) == Outcome{1024 * kMiB, 512 * kMiB, {}});
  CHECK(outcome({{"/proc/meminfo", kMeminfo},
                 {"/proc/self/cgroup", "0::/user/session\n"},
                 {"/sys/fs/cgroup/user/memory.max", "268435456\n"},
                 {"/sys/fs/cgroup/user/memory.current", "67108864\n"},
                 {"/sys/fs/cgroup/user/session/memory.max", "max\n"}}) ==
        Outcome{1024 * kMiB, 192 * kMiB, 256 * kMiB});
  CHECK(outcome({{"/proc/meminfo", kMeminfo},
                 {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}}) ==
        Outcome{1024 * kMiB, 512 * kMiB, {}});
  CHECK(outcome({{"/proc/meminfo", kMeminfo},
                 {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n"},
                 {"/sys/fs/cgroup/memory/memory.usage_in_bytes", "2097152\n"}}) ==
        Outcome{1024 * kMiB, 0, kMiB});
}

TEST_CASE("this process has some memory") { CHECK(peak_resident_bytes() > kMiB); }

}  // namespace
}  // namespace temper
