#include "agent/shell/command_outputs.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/verify.h"

namespace temper::agent {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
// A writer that never pauses must not hold a taker for ever; no pipe holds more.
constexpr int kMostReadsOfOneTake = 32;

}  // namespace

CommandOutputs::CommandOutputs(OutputLimits limits)
    : limits_(limits), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  VERIFY(wake_.is_open(), "the system has a descriptor left");
  reader_ = std::thread([this] { read_all(); });
}

CommandOutputs::~CommandOutputs() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wake();
  reader_.join();
}

void CommandOutputs::wake() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one) == sizeof one);
}

void CommandOutputs::add(CommandNumber command, UniqueFd pipe) {
  {
    const std::lock_guard lock(mutex_);
    sources_.insert_or_assign(
        command, Source{std::move(pipe), OutputCapture(limits_.head_bytes, limits_.tail_bytes)});
  }
  wake();
}

void CommandOutputs::remove(CommandNumber command) {
  const std::lock_guard lock(mutex_);
  sources_.erase(command);
}

OutputCapture CommandOutputs::take(CommandNumber command) {
  OutputCapture fresh(limits_.head_bytes, limits_.tail_bytes);
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(command);
  if (found == sources_.end()) return fresh;
  std::vector<char> buffer(kBufferBytes);
  for (int reads = 0; reads < kMostReadsOfOneTake; ++reads) {
    if (!read_once(found->second, buffer.data(), buffer.size(), false)) break;
  }
  return std::exchange(found->second.output, std::move(fresh));
}

bool CommandOutputs::read_once(Source& source, char* buffer, std::size_t size, bool hung_up) {
  if (!source.pipe.is_open()) return false;
  const ssize_t count = ::read(source.pipe.get(), buffer, size);
  if (count > 0) {
    source.output.feed({buffer, static_cast<std::size_t>(count)});
    return true;
  }
  if (count < 0 && errno == EINTR) return true;
  // No writer: there was none yet, unless the pipe says that it hung up.
  if (count == 0 && hung_up) source.pipe.reset();
  return false;
}

void CommandOutputs::read_all() {
  std::vector<char> buffer(kBufferBytes);
  std::vector<pollfd> polled;
  std::vector<CommandNumber> commands;
  while (true) {
    polled.assign(1, {wake_.get(), POLLIN, 0});
    commands.clear();
    {
      const std::lock_guard lock(mutex_);
      if (ends_) return;
      for (const auto& [command, source] : sources_) {
        if (!source.pipe.is_open()) continue;
        polled.push_back({source.pipe.get(), POLLIN, 0});
        commands.push_back(command);
      }
    }
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;  // EINTR

    std::uint64_t wakes = 0;
    if (polled[0].revents != 0) static_cast<void>(::read(wake_.get(), &wakes, sizeof wakes) == 0);
    const std::lock_guard lock(mutex_);
    for (std::size_t index = 0; index < commands.size(); ++index) {
      const short events = polled[index + 1].revents;
      const auto found = sources_.find(commands[index]);
      if (events == 0 || found == sources_.end()) continue;
      read_once(found->second, buffer.data(), buffer.size(), (events & POLLHUP) != 0);
    }
  }
}

}  // namespace temper::agent
