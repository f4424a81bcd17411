#include "agent/sandbox/sandbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "agent/sandbox/seccomp_filter.h"
#include "base/find_program.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/run_process.h"
#include "base/temporary_directory.h"
#include "base/text.h"

namespace temper::agent {
namespace {

// In the home directory: keys, tokens, and browsers with their sessions.
constexpr std::array kSecrets = {
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".config/gh",
    ".config/gcloud",
    ".config/glab-cli",
    ".config/hub",
    ".config/op",
    ".password-store",
    ".local/share/keyrings",
    ".netrc",
    ".git-credentials",
    ".config/git/credentials",
    ".pypirc",
    ".npmrc",
    ".pgpass",
    ".my.cnf",
    ".vault-token",
    ".terraformrc",
    ".terraform.d",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".mozilla",
    ".thunderbird",
    ".config/google-chrome",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/microsoft-edge",
    ".config/Signal",
    ".cargo/credentials.toml",
    ".cargo/credentials",
    ".huggingface/token",
    ".cache/huggingface/token",
};

enum class Kind { Nothing, File, Directory };

Kind kind_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return Kind::Nothing;
  return S_ISDIR(status.st_mode) ? Kind::Directory : Kind::File;
}

// Room for whatever a build makes; in units of 512 bytes: 32 GiB.
constexpr std::string_view kLargestFile = "67108864";

// bwrap reads the filter from a descriptor, which a shell must open for it.
std::string start_script() {
  return format("ulimit -c 0; ulimit -f {}; exec 9<\"$0\" && exec \"$@\"", kLargestFile);
}

void add(std::vector<std::string>& words, std::initializer_list<std::string> more) {
  words.insert(words.end(), more);
}

void hide(std::vector<std::string>& words, const std::string& path) {
  switch (kind_of(path)) {
    case Kind::Nothing: break;
    case Kind::File: add(words, {"--ro-bind", "/dev/null", path}); break;
    case Kind::Directory: add(words, {"--tmpfs", path, "--remount-ro", path}); break;
  }
}

// What git runs or believes of a repository. bwrap makes a directory of hooks where there is
// none, so that none can appear.
void protect_repository(std::vector<std::string>& words, const std::string& git) {
  if (kind_of(git) != Kind::Directory) return;
  add(words, {"--bind", git, git});  // what is mounted cannot be moved out of the way
  const std::string hooks = git + "/hooks";
  if (kind_of(hooks) == Kind::Directory) {
    add(words, {"--ro-bind", hooks, hooks});
  } else if (kind_of(hooks) == Kind::Nothing) {
    add(words, {"--tmpfs", hooks, "--remount-ro", hooks});
  }
  if (kind_of(git + "/config") == Kind::File) {
    add(words, {"--ro-bind", git + "/config", git + "/config"});
  }
}

Result<void> write_filter(const std::string& path, const std::string& filter) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return system_error(format("cannot make {}", path), errno);
  if (::write(file.get(), filter.data(), filter.size()) != static_cast<ssize_t>(filter.size())) {
    return system_error(format("cannot write {}", path), errno);
  }
  return {};
}

Error no_walls(std::string_view reason) {
  return {Code::Unavailable,
          format("commands cannot be confined here ({}); see `temper doctor`, or allow them to run "
                 "without a sandbox",
                 reason)};
}

}  // namespace

Result<Sandbox> Sandbox::create(SandboxOptions options) {
  const Result<std::string> bubblewrap = find_program("bwrap", options.environment, "/");
  if (!bubblewrap) return no_walls("bubblewrap is not installed");
  Sandbox sandbox(std::move(options), *bubblewrap, TRY(seccomp_filter()));

  // Whether it works is seen by doing it.
  const TemporaryDirectory pipes = TRY(TemporaryDirectory::create());
  const ProcessSpec trial = TRY(sandbox.confine(
      {.argv = {"true"}, .environment = sandbox.options_.environment, .directory = "/"},
      pipes.path()));
  const ProcessResult result = TRY(run_process(trial));
  if (!result.success()) return no_walls(trim(result.errors.text()));
  return sandbox;
}

std::vector<std::string> Sandbox::arguments(const std::string& pipes) const {
  std::vector<std::string> words = {"--unshare-all",
                                    "--unshare-user",
                                    "--disable-userns",
                                    "--die-with-parent",
                                    "--new-session",
                                    "--cap-drop",
                                    "ALL",
                                    "--seccomp",
                                    "9",
                                    "--ro-bind",
                                    "/",
                                    "/",
                                    "--proc",
                                    "/proc",
                                    "--dev",
                                    "/dev",
                                    "--tmpfs",
                                    "/tmp",
                                    "--tmpfs",
                                    "/var/tmp",
                                    "--tmpfs",
                                    "/run"};
  if (const Result<std::string> home = home_directory(options_.environment)) {
    for (const char* secret : kSecrets) hide(words, *home + "/" + secret);
  }
  for (const UserDirectory kind :
       {UserDirectory::Config, UserDirectory::Data, UserDirectory::State}) {
    if (const auto ours = user_directory(options_.environment, kind)) hide(words, *ours);
  }
  for (const std::string& path : options_.hidden) hide(words, path);
  add(words, {"--ro-bind", pipes, pipes});
  add(words, {"--bind", options_.workspace, options_.workspace});
  protect_repository(words, options_.workspace + "/.git");
  return words;
}

Result<ProcessSpec> Sandbox::confine(ProcessSpec spec, const std::string& pipes) const {
  const std::string filter = pipes + "/filter";
  TRY(write_filter(filter, filter_));
  std::vector<std::string> argv = {"/bin/sh", "-c", start_script(), filter, bubblewrap_};
  for (std::string& word : arguments(pipes)) argv.push_back(std::move(word));
  add(argv, {"--chdir", spec.directory.empty() ? options_.workspace : spec.directory, "--"});
  argv.insert(argv.end(), spec.argv.begin(), spec.argv.end());
  spec.argv = std::move(argv);
  return spec;
}

std::vector<std::string> Sandbox::describe() const {
  return {
      "files: only the workspace and a private /tmp can be written",
      "secrets: known places in the home directory and temper's own files are hidden",
      "git: .git/hooks and .git/config of the workspace cannot be changed",
      "network: none",
      "processes: only those of the run are seen; no capability, no further namespace",
      "system calls: no tracing, no mounting, no code for the kernel, no io_uring",
      "not limited: memory and the number of processes",
      "not hidden: files outside the workspace that are not known to hold secrets",
  };
}

}  // namespace temper::agent
