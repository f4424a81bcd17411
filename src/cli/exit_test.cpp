#include "cli/exit.h"

#include <doctest/doctest.h>

namespace temper::cli {
namespace {

TEST_CASE("exit: the status says what kind of trouble it was") {
  CHECK(exit_code(Code::Invalid) == ExitCode::Usage);
  CHECK(exit_code(Code::Unavailable) == ExitCode::Missing);
  CHECK(exit_code(Code::Stopped) == ExitCode::Interrupted);
  for (const Code code : {Code::NotFound, Code::Conflict, Code::Denied, Code::Limit, Code::Corrupt,
                          Code::Unsupported, Code::TimedOut, Code::Io}) {
    CHECK(exit_code(code) == ExitCode::Failed);
  }
}

}  // namespace
}  // namespace temper::cli
