#include "base/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/unique_directory.h"
#include "base/unique_fd.h"

namespace temper {
namespace {

std::optional<pid_t> parse_id(std::string_view text) {
  pid_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

// "12 (name) S 1 ...", where the name may hold anything, also ") ".
std::optional<ProcessEntry> parse_stat(pid_t id, std::string_view stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == stat.npos || stat.size() < name_end + 5) return std::nullopt;
  const char state = stat[name_end + 2];
  stat.remove_prefix(name_end + 4);
  const std::optional<pid_t> parent = parse_id(stat.substr(0, stat.find(' ')));
  if (!parent) return std::nullopt;
  return ProcessEntry{id, *parent, state};
}

std::optional<ProcessEntry> read_entry(int proc, const char* name) {
  const std::optional<pid_t> id = parse_id(name);
  if (!id) return std::nullopt;
  const UniqueFd file(::openat(proc, (std::string(name) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  char stat[512];  // the fields that matter come first
  const ssize_t length = file.is_open() ? ::read(file.get(), stat, sizeof stat) : -1;
  if (length <= 0) return std::nullopt;  // it ended while we looked
  return parse_stat(*id, {stat, static_cast<std::size_t>(length)});
}

Result<std::vector<ProcessEntry>> all_processes() {
  const UniqueDirectory proc(::opendir("/proc"));
  if (!proc) return system_error("cannot list the processes in /proc", errno);
  std::vector<ProcessEntry> all;
  while (const dirent* name = ::readdir(proc.get())) {
    if (const auto entry = read_entry(::dirfd(proc.get()), name->d_name)) all.push_back(*entry);
  }
  return all;
}

}  // namespace

Result<std::vector<ProcessEntry>> descendants_of(pid_t ancestor) {
  std::vector<ProcessEntry> rest = TRY(all_processes());
  std::vector<ProcessEntry> found;
  std::unordered_set<pid_t> family = {ancestor};
  // Each round adds a generation.
  for (bool grown = true; grown;) {
    const auto strangers = std::partition(rest.begin(), rest.end(), [&](const ProcessEntry& entry) {
      return family.contains(entry.parent);
    });
    grown = strangers != rest.begin();
    for (auto entry = rest.begin(); entry != strangers; ++entry) family.insert(entry->id);
    found.insert(found.end(), rest.begin(), strangers);
    rest.erase(rest.begin(), strangers);
  }
  return found;
}

}  // namespace temper
