// What tests of processes ask the system.
#pragma once

#include <dirent.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
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

}  // namespace temper
