// How much memory this machine has, and how much of it this process may still take.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace temper {

struct MemoryState {
  std::uint64_t total = 0;
  std::uint64_t available = 0;         // without swapping, says the system
  std::optional<std::uint64_t> limit;  // of the control group we are in, where below `total`
  std::uint64_t limit_used = 0;        // of it, by all that are in it

  // What can still be taken.
  std::uint64_t usable() const;
};

// What Linux says in /proc and /sys/fs/cgroup, below `root`; nothing where it does not.
std::optional<MemoryState> read_memory_state(const std::string& root = "");

// The most memory that this process has had in RAM so far; 0 where the system does not say.
std::uint64_t peak_resident_bytes();

}  // namespace temper
