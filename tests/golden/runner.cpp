// Runs golden files: golden_runner [--update] --temper PATH [FILE or FOLDER...]
//
// Each file's commands run one after the other in a fresh folder, in an
// environment that says nothing of this machine.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "base/find_program.h"
#include "base/format.h"
#include "base/run_process.h"
#include "base/temporary_directory.h"
#include "golden/golden.h"

namespace temper::golden {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 4 * 1024 * 1024;
constexpr std::chrono::seconds kLimit{60};  // of one command

struct Request {
  bool update = false;
  std::string temper;  // the program under test
  std::vector<std::string> paths;
};

enum class Verdict { Passed, Failed, Skipped };

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

Result<Request> read_request(const std::vector<std::string>& words) {
  Request request;
  for (std::size_t index = 0; index < words.size(); ++index) {
    if (words[index] == "--update") {
      request.update = true;
    } else if (words[index] == "--temper" && index + 1 < words.size()) {
      request.temper = fs::absolute(words[++index]).lexically_normal().string();
    } else if (words[index].starts_with("-")) {
      return Error{Code::Invalid, format("there is no option {}", words[index])};
    } else {
      request.paths.push_back(words[index]);
    }
  }
  if (request.temper.empty()) return Error{Code::Invalid, "--temper PATH is missing"};
  if (request.paths.empty()) request.paths = {"tests/golden"};
  return request;
}

// The golden files among the paths and below them, in order.
Result<std::vector<std::string>> find_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
      files.push_back(path);
      continue;
    }
    for (fs::recursive_directory_iterator entry(path, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      if (entry->path().extension() == ".golden") files.push_back(entry->path().string());
    }
    if (failed) return system_error(format("cannot read {}", path), failed.value());
  }
  if (files.empty()) return Error{Code::NotFound, "there is no golden file"};
  std::ranges::sort(files);
  return files;
}

// Nothing of this machine but its programs, with temper before them.
Environment clean_environment(const std::string& temper, const std::string& root) {
  return Environment({
      {"PATH", format("{}:/usr/local/bin:/usr/bin:/bin", fs::path(temper).parent_path().string())},
      {"HOME", root + "/home"},
      {"XDG_CONFIG_HOME", root + "/home/.config"},
      {"XDG_DATA_HOME", root + "/home/.local/share"},
      {"XDG_CACHE_HOME", root + "/home/.cache"},
      {"XDG_STATE_HOME", root + "/home/.local/state"},
      {"FIXTURES", TEMPER_SOURCE_DIR "/tests/fixtures"},
      {"TERM", "dumb"},
      {"COLUMNS", "80"},
      {"LC_ALL", "C.UTF-8"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
  });
}

// The fresh folder has another name each time; in what is compared it is /golden.
std::string with_fixed_root(std::string text, const std::string& root) {
  constexpr std::string_view kFixed = "/golden";
  for (std::size_t at = text.find(root); at != text.npos; at = text.find(root, at)) {
    text.replace(at, root.size(), kFixed);
    at += kFixed.size();
  }
  return text;
}

Result<Lines> run_step(const Step& step, const std::string& temper, const std::string& root) {
  const ProcessSpec spec{.argv = {"sh", "-c", step.command},
                         .environment = clean_environment(temper, root),
                         .directory = root + "/work",
                         .output = OutputTo::OnePipe};
  const ProcessResult ran = TRY(run_process(spec, {}, {.time = kLimit, .head_bytes = kMostBytes}));
  if (ran.ended_by != EndedBy::Itself) {
    return Error{Code::TimedOut,
                 format("`{}` did not end within {} s", step.command, kLimit.count())};
  }
  const int status = ran.status.signal != 0 ? 128 + ran.status.signal : ran.status.code;
  return observed_lines(with_fixed_root(ran.output.text(), root), status);
}

Result<Verdict> run_file(const std::string& path, const Request& request) {
  GoldenFile file = TRY(parse_golden(TRY(read_file(path, kMostBytes))));
  for (const std::string& program : needed_programs(file)) {
    if (!find_program(program, Environment::of_process(), "/")) {
      say(format("SKIPPED: {} needs {}, which is not installed", path, program));
      return Verdict::Skipped;
    }
  }
  const TemporaryDirectory root = TRY(TemporaryDirectory::create());
  TRY(make_directories(root / "work"));
  TRY(make_directories(root / "home"));

  bool matches = true;
  for (Step& step : file.steps) {
    const Lines observed = TRY(run_step(step, request.temper, root.path()));
    if (lines_match(step.expected, observed)) continue;
    matches = false;
    if (request.update) {
      step.expected = updated_lines(step.expected, observed);
    } else {
      say(format("{}\n$ {}\n{}", path, step.command, difference(step.expected, observed)));
    }
  }
  if (matches) return Verdict::Passed;
  if (!request.update) return Verdict::Failed;
  TRY(write_file_atomically(path, render(file)));
  say(format("updated {}", path));
  return Verdict::Passed;
}

Result<int> run(const std::vector<std::string>& words) {
  const Request request = TRY(read_request(words));
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (const std::string& path : TRY(find_files(request.paths))) {
    const Result<Verdict> verdict = run_file(path, request);
    if (!verdict) {
      say(format("{}: {}", path, verdict.error().message));
      ++failed;
    } else {
      passed += *verdict == Verdict::Passed ? 1U : 0U;
      failed += *verdict == Verdict::Failed ? 1U : 0U;
      skipped += *verdict == Verdict::Skipped ? 1U : 0U;
    }
  }
  say(format("{} passed, {} failed{}", passed, failed,
             skipped > 0 ? format(", {} skipped", skipped) : ""));
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace temper::golden

int main(int count, char** words) {
  const temper::Result<int> status =
      temper::golden::run(std::vector<std::string>(words + 1, words + count));
  if (status) return *status;
  std::fprintf(stderr, "golden_runner: %s\n", status.error().message.c_str());
  return 2;
}
