#include "cli/descriptor_sink.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace temper::cli {

void DescriptorSink::write(std::string_view bytes) {
  while (!bytes.empty() && error_number_ == 0) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Someone else made the descriptor non-blocking; wait as if it were not.
      pollfd writable{descriptor_, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      error_number_ = errno;
    }
  }
}

}  // namespace temper::cli
