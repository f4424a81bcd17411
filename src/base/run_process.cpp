#include "base/run_process.h"

#include <csignal>

#include "base/clock.h"
#include "base/format.h"

namespace temper {
namespace {

using std::chrono::steady_clock;

// One run, through its phases: running until the command ends or must; then a
// while for the rest of the tree to end by itself; then it is killed.
class Run {
 public:
  Run(const ProcessSpec& spec, const RunLimits& limits, const StopToken& stop,
      const OutputSink& on_output, Process process)
      : name_(spec.argv[0]),
        limits_(limits),
        stop_(stop),
        on_output_(on_output),
        process_(std::move(process)),
        result_{.status = {},
                .duration = {},
                .output = OutputCapture(limits.head_bytes, limits.tail_bytes),
                .errors = OutputCapture(limits.head_bytes, limits.tail_bytes)} {
    if (limits.time) deadline_ = deadline_after(*limits.time);
  }

  void send(std::string_view input, OutputTo output) {
    process_.send_input(input);
    if (output != OutputTo::Terminal) process_.end_input();
  }

  Result<ProcessResult> to_end() {
    while (!process_.tree_ended() || !process_.output_ended()) {
      const std::uint64_t before = received_;
      const Process::Wake wake = process_.wait(deadline_, stop_, sink_);
      if (moved_on() || wake == Process::Wake::Event) continue;
      if (phase_ == Phase::Draining) {
        // The sink may be slower than the clock: what was in the pipes is still read.
        if (received_ == before || received_ - received_before_drain_ > kMostInPipes) break;
        continue;
      }
      push_on(wake);
    }
    return finish();
  }

 private:
  enum class Phase { Running, Lingering, Terminating, Draining };

  // No two pipes hold more, unless an administrator has raised the limit.
  static constexpr std::uint64_t kMostInPipes = 2 * 1024 * 1024;

  // Has the process reached the next phase by itself?
  bool moved_on() {
    if (process_.tree_ended() && phase_ != Phase::Draining) {
      // What is still in the pipes is there at once. Whoever got them without being
      // in the tree (through a socket, say) is not waited for.
      begin(Phase::Draining, limits_.linger);
      return true;
    }
    if (process_.status() && phase_ == Phase::Running) {
      begin(Phase::Lingering, limits_.linger);
      return true;
    }
    return false;
  }

  // The time of this phase is over.
  void push_on(Process::Wake wake) {
    if (phase_ == Phase::Running) {
      result_.ended_by = wake == Process::Wake::Stop ? EndedBy::Stop : EndedBy::TimeLimit;
      process_.signal_tree(SIGTERM);
      begin(Phase::Terminating, limits_.grace);
      return;
    }
    if (phase_ == Phase::Lingering) result_.leftovers = Leftovers::Killed;
    if (!process_.kill_tree()) result_.leftovers = Leftovers::Unreachable;
    begin(Phase::Draining, limits_.linger);
  }

  void begin(Phase phase, std::chrono::milliseconds limit) {
    if (phase == Phase::Draining) received_before_drain_ = received_;
    phase_ = phase;
    deadline_ = deadline_after(limit);
    // Asked once is enough; from there on the end is near in any case.
    if (phase != Phase::Lingering) stop_ = StopToken();
  }

  Result<ProcessResult> finish() {
    if (process_.keeper_lost()) result_.leftovers = Leftovers::Unreachable;
    if (!process_.status()) {
      return Error{Code::Io,
                   format("\"{}\" got out of reach: its keeper was killed, or it runs with "
                          "other rights than we and could not be ended",
                          name_)};
    }
    result_.status = *process_.status();
    result_.duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started_);
    return std::move(result_);
  }

  const std::string name_;
  const RunLimits& limits_;
  StopToken stop_;
  const OutputSink& on_output_;
  const Deadline started_ = steady_clock::now();
  Deadline deadline_ = kNoDeadline;
  Phase phase_ = Phase::Running;
  Process process_;
  ProcessResult result_;
  std::uint64_t received_ = 0;
  std::uint64_t received_before_drain_ = 0;
  const OutputSink sink_ = [this](OutputStream stream, std::string_view bytes) {
    received_ += bytes.size();
    (stream == OutputStream::Output ? result_.output : result_.errors).feed(bytes);
    if (on_output_) on_output_(stream, bytes);
  };
};

}  // namespace

Result<ProcessResult> run_process(const ProcessSpec& spec, std::string_view input,
                                  const RunLimits& limits, const StopToken& stop,
                                  const OutputSink& on_output) {
  Run run(spec, limits, stop, on_output, TRY(Process::start(spec)));
  if (spec.input == InputFrom::Us) run.send(input, spec.output);
  return run.to_end();
}

}  // namespace temper
