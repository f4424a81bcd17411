// A temporary directory for a test, or the end of the test program.
#pragma once

#include <utility>

#include "base/temporary_directory.h"

namespace temper {

inline TemporaryDirectory make_temporary_directory() {
  Result<TemporaryDirectory> directory = TemporaryDirectory::create();
  VERIFY(directory.ok(), "a test can make a directory in /tmp");
  return std::move(directory).take();
}

}  // namespace temper
