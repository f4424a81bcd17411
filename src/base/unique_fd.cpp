#include "base/unique_fd.h"

#include <unistd.h>

namespace temper {

void UniqueFd::reset(int descriptor) {
  // Never again after EINTR: the descriptor is closed all the same.
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;
}

}  // namespace temper
