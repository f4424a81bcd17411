// How checks look at the machine: by running programs and reading small files.
#include "base/file.h"
#include "base/format.h"
#include "base/run_process.h"
#include "base/text.h"
#include "cli/doctor.h"

namespace temper::cli {

namespace {
constexpr std::size_t kMostSystemFile = 4 * 1024 * 1024;  // /proc/cpuinfo of a large machine
}  // namespace

std::string ProgramAnswer::first_line() const { return text.substr(0, text.find('\n')); }

ProgramAnswer ask_program(const Examination& examination, std::vector<std::string> argv) {
  examination.log.info("running {}", join(argv, " "));
  const ProcessSpec spec{.argv = std::move(argv),
                         .environment = examination.environment,
                         .directory = examination.directory,
                         .output = OutputTo::OnePipe};
  const Result<ProcessResult> ran = run_process(
      spec, {}, {.time = kProgramLimit, .grace = std::chrono::milliseconds(100)}, examination.stop);
  if (!ran && ran.error().code == Code::NotFound) return {};
  ProgramAnswer answer;
  answer.found = true;
  if (!ran) {
    answer.failure = ran.error().message;
    return answer;
  }
  answer.success = ran->success();
  answer.refused = ran->ended_by == EndedBy::Itself && ran->status.code != 0;
  answer.text = trim(ran->output.text());
  if (ran->ended_by == EndedBy::TimeLimit) {
    answer.failure = format("did not answer in {} s", kProgramLimit.count());
  } else if (!answer.success) {
    answer.failure = answer.text.empty() ? describe(ran->status) : answer.first_line();
  }
  return answer;
}

Finding does_not_run(std::string_view name, const ProgramAnswer& answer) {
  return {.name = std::string(name),
          .health = Health::Warning,
          .found = format("is here but does not run ({})", answer.failure)};
}

// "git version 2.39.5" -> "2.39.5": the first word that starts with a digit.
std::string version_in(std::string_view line) {
  for (std::string_view word : split(line, ' ')) {
    if (word.empty() || word.front() < '0' || word.front() > '9') continue;
    while (word.ends_with(',') || word.ends_with(':')) word.remove_suffix(1);
    return std::string(word);
  }
  return std::string(line);
}

std::string install_advice(std::string_view package) {
  return format("sudo apt-get install {}", package);
}

std::string read_system_file(const Examination& examination, std::string_view path) {
  const Result<std::string> text = read_file(examination.root + std::string(path), kMostSystemFile);
  return text ? std::string(trim(*text)) : "";
}

}  // namespace temper::cli
