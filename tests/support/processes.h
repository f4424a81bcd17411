// What tests of processes ask the system.
#pragma once

#include <dirent.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>

namespace temper {

// A zombie counts as running: whoever leaves one has not cleaned up.
inline bool is_running(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

inline std::size_t count_entries(const std::string& path) {
  std::size_t count = 0;
  if (DIR* directory = ::opendir(path.c_str())) {
    while (::readdir(directory) != nullptr) ++count;
    ::closedir(directory);
  }
  return count;
}

inline std::size_t open_descriptors() { return count_entries("/proc/self/fd"); }

// Under an emulator of another machine the system takes the emulator for our
// program, so that it cannot be started again as a keeper (see base/process.h).
inline bool can_run_programs() {
  const auto target_of = [](const char* link) {
    std::array<char, 4096> target{};
    const ssize_t length = ::readlink(link, target.data(), target.size());
    return std::string(target.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  };
  // Emulators answer for the first, and forget the second.
  if (target_of("/proc/self/exe") == target_of("/proc/thread-self/exe")) return true;
  std::puts("SKIPPED: this test runs programs, which an emulated one cannot");
  return false;
}

}  // namespace temper

#define NEEDS_PROGRAMS() \
  if (!::temper::can_run_programs()) return
