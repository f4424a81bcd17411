// The part of agent/shell/shell.h that is about what goes on in the background.
#include <signal.h>

#include <algorithm>

#include "agent/shell/shell.h"
#include "base/clock.h"
#include "base/format.h"

namespace temper::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// From SIGTERM to SIGKILL, and from there to giving up.
constexpr milliseconds kGrace{2000};
constexpr milliseconds kPatience{5000};
constexpr milliseconds kLook{20};  // from one look at the processes to the next
// Of those that have ended and whose output nobody asked for.
constexpr std::ptrdiff_t kEndedJobsKept = 16;

}  // namespace

std::vector<Leftover> Shell::leftovers() const {
  return find_leftovers(process_->root(), process_->pipes(), last_);
}

Shell::KnownJob& Shell::add_job(CommandNumber command, std::string_view text) {
  jobs_.push_back({.number = ++last_job_, .command = command, .text = std::string(text)});
  return jobs_.back();
}

Result<CommandNumber> Shell::command_of_job(int number) const {
  for (const KnownJob& job : jobs_) {
    if (job.number == number) return job.command;
  }
  return Error{Code::NotFound,
               format("there is no job {}; `jobs` lists those that there are", number)};
}

Job Shell::describe(const KnownJob& job, const std::vector<Leftover>& all) {
  Job description{.number = job.number,
                  .command = job.text,
                  .processes = {},
                  .exit_code = job.ended ? job.exit_code : std::nullopt};
  std::copy_if(all.begin(), all.end(), std::back_inserter(description.processes),
               [&](const Leftover& leftover) { return leftover.command == job.command; });
  return description;
}

std::vector<Job> Shell::jobs() {
  if (!process_ || jobs_.empty()) return {};
  hear_between_commands();
  const std::vector<Leftover> all = update_jobs("");
  std::vector<Job> jobs;
  for (KnownJob& job : jobs_) {
    if (job.ended && std::exchange(job.told, true)) continue;
    jobs.push_back(describe(job, all));
  }
  std::ptrdiff_t told =
      std::count_if(jobs_.begin(), jobs_.end(), [](const KnownJob& job) { return job.told; });
  for (; told > kEndedJobsKept; --told) {
    forget_job(std::find_if(jobs_.begin(), jobs_.end(), [](const KnownJob& job) {
                 return job.told;
               })->number);
  }
  return jobs;
}

void Shell::forget_job(int number) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(),
                                  [&](const KnownJob& job) { return job.number == number; });
  if (process_) process_->forget_output(found->command);
  jobs_.erase(found);
}

Shell::JobOutput Shell::take_output(int number, const std::vector<Leftover>& all) {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(),
                                  [&](const KnownJob& job) { return job.number == number; });
  JobOutput taken{describe(*found, all), process_->outputs().take(found->command)};
  if (found->ended) forget_job(number);
  return taken;
}

Result<Shell::JobOutput> Shell::read_job(int number) {
  TRY(command_of_job(number));
  hear_between_commands();
  return take_output(number, update_jobs(""));
}

Result<Shell::JobOutput> Shell::wait_for_job(int number, milliseconds limit,
                                             const StopToken& stop) {
  const Deadline deadline = deadline_after(limit);
  TRY(command_of_job(number));
  while (true) {
    hear_between_commands();
    const std::vector<Leftover> all = update_jobs("");
    const auto job = std::find_if(jobs_.begin(), jobs_.end(),
                                  [&](const KnownJob& known) { return known.number == number; });
    if (job->ended || steady_clock::now() >= deadline) return take_output(number, all);
    if (stop.wait_for(kLook)) return stopped_error("waiting for a job");
  }
}

bool Shell::signal_job(CommandNumber command, int signal, milliseconds patience) {
  const Deadline deadline = deadline_after(patience);
  while (true) {
    bool is_left = false;
    // Parents first, so that a shell does not go on to what follows the child.
    for (const Leftover& leftover : leftovers()) {
      if (leftover.command != command) continue;
      is_left = true;
      ::kill(leftover.id, signal);
    }
    if (!is_left) return true;
    if (steady_clock::now() >= deadline) return false;
    static_cast<void>(StopToken().wait_for(kLook));
  }
}

Result<Shell::JobOutput> Shell::end_job(int number) {
  const CommandNumber command = TRY(command_of_job(number));
  if (!signal_job(command, SIGTERM, kGrace) && !signal_job(command, SIGKILL, kPatience)) {
    return Error{Code::TimedOut, format("job {} could not be ended; it hangs in the system, or "
                                        "runs as another user",
                                        number)};
  }
  return read_job(number);
}

}  // namespace temper::agent
