#include "base/memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace temper {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;  // of a file of /proc

std::string read_or_nothing(const std::string& path) {
  Result<std::string> text = read_file(path, kMaxBytes);
  return text ? std::move(text).take() : "";
}

std::optional<std::uint64_t> number(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

// "MemTotal:   24689640 kB"
std::optional<std::uint64_t> bytes_of(std::string_view meminfo, std::string_view key) {
  for (const std::string_view line : split(meminfo, '\n')) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':') continue;
    const std::optional<std::uint64_t> kilobytes = number(line.substr(key.size() + 1));
    if (kilobytes) return *kilobytes * 1024;
  }
  return std::nullopt;
}

// Takes the tightest limit, among the control group we are in and those above it.
void find_limit(const std::string& root, MemoryState& state) {
  const auto consider = [&](const std::string& limit_path, const std::string& used_path) {
    const std::optional<std::uint64_t> limit = number(read_or_nothing(root + limit_path));
    if (!limit || *limit >= state.limit.value_or(state.total)) return;
    state.limit = limit;
    state.limit_used = number(read_or_nothing(root + used_path)).value_or(0);
  };
  const std::string groups = read_or_nothing(root + "/proc/self/cgroup");
  for (const std::string_view line : split(groups, '\n')) {
    if (!line.starts_with("0::/")) continue;
    for (std::string group(line.substr(3)); !group.empty();
         group.resize(group.size() > 1 ? group.rfind('/') : 0)) {
      const std::string folder = "/sys/fs/cgroup" + (group == "/" ? "" : group);
      consider(folder + "/memory.max", folder + "/memory.current");
    }
    consider("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current");
  }
  const std::string first = "/sys/fs/cgroup/memory/memory.";  // version 1
  consider(first + "limit_in_bytes", first + "usage_in_bytes");
}

}  // namespace

std::uint64_t MemoryState::usable() const {
  if (!limit) return available;
  return std::min(available, *limit - std::min(*limit, limit_used));
}

std::optional<MemoryState> read_memory_state(const std::string& root) {
  const std::string meminfo = read_or_nothing(root + "/proc/meminfo");
  const std::optional<std::uint64_t> total = bytes_of(meminfo, "MemTotal");
  const std::optional<std::uint64_t> available = bytes_of(meminfo, "MemAvailable");
  if (!total || !available) return std::nullopt;
  MemoryState state{*total, *available, std::nullopt, 0};
  find_limit(root, state);
  return state;
}

std::uint64_t peak_resident_bytes() {
  struct rusage usage {};
  if (getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace temper
