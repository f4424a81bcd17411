#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/clock.h"
#include "base/environment.h"
#include "base/format.h"
#include "base/stop.h"
#include "cli/descriptor_sink.h"
#include "cli/interrupt.h"
#include "cli/program.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

// Where a standard descriptor is closed, the next file that is opened would get
// its number, and our output. These are open in the wrong direction, so that
// using them fails as it should.
void hold_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0) continue;
    open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // gets that number
  }
}

std::string working_directory() {
  char* const path = getcwd(nullptr, 0);
  if (path == nullptr) return "/";  // it was removed under us
  std::string copy(path);
  std::free(path);
  return copy;
}

int main(const std::vector<std::string>& words) {
  hold_standard_descriptors();
  StopSource stop;
  handle_signals(stop);
  SystemClock clock;
  DescriptorSink out(STDOUT_FILENO);
  DescriptorSink err(STDERR_FILENO);

  const World world{.environment = Environment::of_process(),
                    .directory = working_directory(),
                    .out = out,
                    .err = err,
                    .out_terminal = terminal_of(STDOUT_FILENO),
                    .err_terminal = terminal_of(STDERR_FILENO),
                    .clock = clock,
                    .stop = stop.token()};
  const ExitCode code = run_program(all_commands(), words, world);

  if (code == ExitCode::Success && out.error_number() != 0 && out.error_number() != EPIPE) {
    const Error error = system_error("cannot write to standard output", out.error_number());
    err.write(format("temper: {}\n", error.message));
    return static_cast<int>(ExitCode::Failed);
  }
  if (code == ExitCode::Interrupted) end_by_signal();
  return static_cast<int>(code);
}

}  // namespace
}  // namespace temper::cli

int main(int count, char** words) {
  return temper::cli::main(std::vector<std::string>(words + (count > 0 ? 1 : 0), words + count));
}
