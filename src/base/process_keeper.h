// What a program and the keeper of one of its commands say to each other.
// For base/process.cpp alone; there is the story of why a keeper exists.
//
// A program that links this becomes its own keeper: a start-up hook that runs
// before main sees the name `kKeeperName` in argv[0] and never returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temper {

inline constexpr char kKeeperName[] = "temper-keeper";
// Descriptors 0, 1 and 2 are those of the command; this one is a stream socket.
inline constexpr int kKeeperControl = 3;

// What the keeper is to run; the first thing that it is sent.
struct KeeperPlan {
  std::string program;    // the file
  std::string directory;  // empty: where it is
  bool terminal = false;  // descriptor 1 becomes the controlling terminal
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // NAME=value

  bool operator==(const KeeperPlan&) const = default;
};

// No text in the plan may contain a NUL.
std::string pack_plan(const KeeperPlan& plan);
std::optional<KeeperPlan> unpack_plan(std::string_view packed);

enum class KeeperOrder : std::int32_t { SignalCommand, SignalTree, KillTree };
enum class KeeperNews : std::int32_t {
  Started,       // value: the process id of the command
  CannotEnter,   // value: errno; of its directory
  CannotRun,     // value: errno
  CommandEnded,  // value: its status, as wait has it
  TreeEnded,     // nothing that it started is left; the last news
};

// The messages in either direction: `what` is one of the enumerators above.
struct KeeperMessage {
  std::int32_t what = 0;
  std::int32_t value = 0;  // of an order: the signal
};

// Blocks until all of it has gone through or come; false when the other side is gone.
bool send_fully(int socket, const void* bytes, std::size_t size);
bool receive_fully(int socket, void* bytes, std::size_t size);

}  // namespace temper
