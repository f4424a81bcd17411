#include "base/terminal_pair.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace temper {

Result<TerminalPair> open_terminal_pair(TerminalSize size) {
  UniqueFd ours(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  char name[128];
  if (!ours.is_open() || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0 ||
      ::ptsname_r(ours.get(), name, sizeof name) != 0) {
    return system_error("cannot make a terminal", errno);
  }
  UniqueFd theirs(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!theirs.is_open()) return system_error("cannot open a terminal", errno);
  TRY(resize_terminal(ours.get(), size));
  return TerminalPair{std::move(ours), std::move(theirs)};
}

Result<void> resize_terminal(int descriptor, TerminalSize size) {
  winsize window{};
  window.ws_col = size.columns;
  window.ws_row = size.rows;
  if (::ioctl(descriptor, TIOCSWINSZ, &window) == 0) return {};
  return system_error("cannot set the size of a terminal", errno);
}

}  // namespace temper
