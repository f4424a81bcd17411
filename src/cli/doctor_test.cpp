#include "cli/doctor.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.h"
#include "base/temporary_directory.h"
#include "support/processes.h"

namespace temper::cli {
namespace {

// A machine that consists of a few files and programs.
class Machine {
 public:
  Machine() : root_(*TemporaryDirectory::create()) {
    environment_.set("PATH", root_ / "bin");
    environment_.set("HOME", root_ / "home");
    REQUIRE(make_directories(root_ / "home"));
    REQUIRE(make_directories(root_ / "bin"));
  }

  void file(const std::string& path, std::string_view text) {
    const std::string full = root_.path() + path;
    REQUIRE(make_directories(std::filesystem::path(full).parent_path().string()));
    REQUIRE(write_file_atomically(full, text));
  }
  void program(const std::string& name, std::string_view script) {
    REQUIRE(
        write_file_atomically(root_ / ("bin/" + name), "#!/bin/sh\n" + std::string(script), 0755));
  }
  void config(std::string_view text) { file("/home/.config/temper/config.toml", text); }

  // "warn memory: 1.0 GiB, ... -> advice", a line for each finding.
  std::string examine(Check check) {
    const Settings settings = load_settings(environment_, root_ / "home", Arguments());
    const Examination examination{.environment = environment_,
                                  .directory = root_ / "home",
                                  .settings = settings,
                                  .log = log_,
                                  .clock = clock_,
                                  .stop = {},
                                  .root = root_.path()};
    std::string text;
    for (const Finding& finding : check(examination)) {
      constexpr const char* kWords[] = {"ok", "info", "warn", "missing"};
      text += std::string(kWords[static_cast<int>(finding.health)]) + " " + finding.name + ": " +
              finding.found + (finding.advice.empty() ? "" : " -> " + finding.advice) + "\n";
    }
    return text;
  }

 private:
  TemporaryDirectory root_;
  Environment environment_;
  ManualClock clock_;
  Redactor redactor_;
  Log log_{LogLevel::Error, [](std::string_view) {}, redactor_, clock_};
};

TEST_CASE("doctor: memory is what is available, and what a container grants") {
  Machine machine;
  CHECK(machine.examine(check_memory) == "info memory: /proc/meminfo does not say\n");

  machine.file("/proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
  CHECK(machine.examine(check_memory) == "ok memory: 16.0 GiB, 8.0 GiB of it available\n");

  machine.file("/proc/self/cgroup", "0::/user/app\n");
  machine.file("/sys/fs/cgroup/user/app/memory.max", "max\n");
  machine.file("/sys/fs/cgroup/user/memory.max", "6442450944\n");
  CHECK(machine.examine(check_memory) ==
        "ok memory: 16.0 GiB, 8.0 GiB of it available, limited to 6.0 GiB by the control group\n");

  machine.file("/sys/fs/cgroup/memory.max", "1073741824\n");
  CHECK(machine.examine(check_memory) ==
        "warn memory: 16.0 GiB, 8.0 GiB of it available, limited to 1.0 GiB by the control group; "
        "only the smallest models fit\n");
}

TEST_CASE("doctor: programs that are missing, wrong, or right") {
  NEEDS_PROGRAMS();
  Machine machine;
  CHECK(machine.examine(check_git) ==
        "warn git: not found; the agent commits its work with it -> sudo apt-get install git\n");
  CHECK(machine.examine(check_ripgrep) ==
        "warn ripgrep: not found; searching large repositories is slower -> sudo apt-get install "
        "ripgrep\n");

  machine.program("rg", "echo 'ripgrep 14.1.0 (rev x)'; echo more\n");
  CHECK(machine.examine(check_ripgrep) == "ok ripgrep: 14.1.0\n");

  machine.program("ctags", "echo 'Exuberant Ctags 5.8'\n");
  CHECK(machine.examine(check_ctags) ==
        "warn universal-ctags: the ctags here is another one, so the agent cannot look up "
        "definitions -> sudo apt-get install universal-ctags\n");
  machine.program("ctags", "echo 'Universal Ctags 5.9.0, Copyright'\n");
  CHECK(machine.examine(check_ctags) == "ok universal-ctags: 5.9.0\n");
}

TEST_CASE("doctor: of a program that does not run, nothing else is said") {
  NEEDS_PROGRAMS();
  Machine machine;
  machine.program("git", "kill -9 $$\n");
  CHECK(machine.examine(check_git) ==
        "warn git: is here but does not run (killed by signal 9 (Killed))\n");
  machine.program("git", "[ \"$1\" = --version ] && echo git version 2.39.5 && exit\nkill -9 $$\n");
  CHECK(machine.examine(check_git) ==
        "warn git: is here but does not run (killed by signal 9 (Killed))\n");
  machine.program("rg", "echo 'rg: libpcre2.so: no such file'; echo more; exit 127\n");
  CHECK(machine.examine(check_ripgrep) ==
        "warn ripgrep: is here but does not run (rg: libpcre2.so: no such file)\n");
  machine.program("ctags", "exit 3\n");
  CHECK(machine.examine(check_ctags) ==
        "warn universal-ctags: is here but does not run (exit code 3)\n");
  machine.program("bwrap", "exit 3\n");
  CHECK(machine.examine(check_bubblewrap) ==
        "warn bubblewrap: is here but does not run (exit code 3)\n");
  machine.program("bwrap", "[ \"$1\" = --version ] && echo bubblewrap 0.8.0 && exit\nkill -9 $$\n");
  CHECK(machine.examine(check_bubblewrap) ==
        "warn bubblewrap: is here but does not run (killed by signal 9 (Killed))\n");
  machine.program("nvidia-smi", "echo 'no driver'; exit 9\n");
  CHECK(machine.examine(check_graphics) ==
        "warn graphics: nvidia-smi is here but does not run (no driver)\n");
}

TEST_CASE("slow: doctor: a program that hangs is not waited for, nor judged") {
  Machine machine;
  machine.program("rg", "/bin/sleep 600\n");
  CHECK(machine.examine(check_ripgrep) ==
        "warn ripgrep: is here but does not run (did not answer in 5 s)\n");
}

TEST_CASE("doctor: git wants a name and an address") {
  NEEDS_PROGRAMS();
  Machine machine;
  machine.program("git", "[ \"$1\" = --version ] && echo git version 2.39.5 && exit\nexit 1\n");
  CHECK(machine.examine(check_git) ==
        "warn git: 2.39.5, but user.name is not set, so it cannot commit -> git config --global "
        "user.name \"...\"\n");
  machine.program("git", "[ \"$1\" = --version ] && echo git version 2.39.5 && exit\necho Ada\n");
  CHECK(machine.examine(check_git) == "ok git: 2.39.5\n");
}

TEST_CASE("doctor: a sandbox counts only if it works") {
  NEEDS_PROGRAMS();
  Machine machine;
  CHECK(machine.examine(check_bubblewrap) ==
        "warn bubblewrap: not found; commands of the agent cannot be confined -> sudo apt-get "
        "install bubblewrap\n");
  machine.program("bwrap", "[ \"$1\" = --version ] && echo bubblewrap 0.8.0\nexit 0\n");
  CHECK(machine.examine(check_bubblewrap) == "ok bubblewrap: 0.8.0, and it works here\n");

  machine.program("bwrap",
                  "[ \"$1\" = --version ] && echo bubblewrap 0.8.0 && exit\n"
                  "echo 'bwrap: No permissions to create new namespace' >&2; exit 1\n");
  machine.file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
  machine.file("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
  CHECK(machine.examine(check_bubblewrap) ==
        "warn bubblewrap: is here but does not work (bwrap: No permissions to create new "
        "namespace); commands of the agent cannot be confined -> sudo sysctl -w "
        "kernel.unprivileged_userns_clone=1\n");
}

TEST_CASE("doctor: user namespaces may be missing, forbidden or allowed") {
  Machine machine;
  CHECK(machine.examine(check_namespaces) ==
        "warn user namespaces: this kernel has none; commands of the agent cannot be confined\n");
  machine.file("/proc/sys/user/max_user_namespaces", "15000\n");
  CHECK(machine.examine(check_namespaces) == "ok user namespaces: allowed\n");
  machine.file("/proc/sys/user/max_user_namespaces", "0\n");
  CHECK(machine.examine(check_namespaces) ==
        "warn user namespaces: forbidden by max_user_namespaces -> sudo sysctl -w "
        "user.max_user_namespaces=15000\n");
}

TEST_CASE("doctor: the disk counts only if it can be written") {
  Machine machine;
  CHECK(machine.examine(check_disk).find("cannot be written") == std::string::npos);
  machine.file("/home/.local", "");
  CHECK(machine.examine(check_disk)
            .ends_with(" free for ~/.local/share/temper, which cannot be written -> give yourself "
                       "the right to, or "
                       "name another folder in XDG_DATA_HOME\n"));
}

TEST_CASE("doctor: graphics are named, by their driver or by the kernel") {
  NEEDS_PROGRAMS();
  Machine machine;
  CHECK(machine.examine(check_graphics) ==
        "info graphics: none found; models run on the processor\n");
  machine.file("/sys/class/drm/renderD129/device/vendor", "0x8086\n");
  machine.file("/sys/class/drm/renderD128/device/vendor", "0x1002\n");
  machine.file("/sys/class/drm/card0/device/vendor", "0x1002\n");
  CHECK(machine.examine(check_graphics) ==
        "info graphics: AMD (renderD128); Intel (renderD129); temper does not use it yet\n");
  machine.program("nvidia-smi", "echo 'NVIDIA H200, 143771 MiB, 570.1'\n");
  CHECK(machine.examine(check_graphics) ==
        "info graphics: NVIDIA H200, 143771 MiB, 570.1; temper does not use it yet\n");
}

TEST_CASE("doctor: models of other programs, and of folders that are not there") {
  Machine machine;
  CHECK(machine.examine(check_model_stores) ==
        "info model stores: none of Hugging Face, Ollama or LM Studio -> models elsewhere? Add "
        "their folder to models.paths\n");
  machine.file("/home/.lmstudio/models/a/b/c.gguf", std::string(2048, 'x'));
  machine.config("models.paths = [\"~/none\"]\n");
  CHECK(machine.examine(check_model_stores) ==
        "ok LM Studio: 1 model, 2.0 KiB, in ~/.lmstudio/models\n"
        "warn your folder: ~/none is not there -> correct models.paths in the configuration\n");
}

TEST_CASE("doctor: configuration files are named, or what is wrong in them") {
  Machine machine;
  CHECK(machine.examine(check_settings) ==
        "ok configuration: no file, so all settings have their standard values\n");
  machine.config("log.level = \"info\"\n");
  CHECK(machine.examine(check_settings) == "ok configuration: ~/.config/temper/config.toml\n");
  machine.config("\nlog.levl = \"info\"\n");
  CHECK(machine.examine(check_settings) ==
        "warn configuration: ~/.config/temper/config.toml:2: there is no key \"log.levl\". Did you "
        "mean \"log.level\"? -> correct that file; until then the standard settings hold\n");
}

}  // namespace
}  // namespace temper::cli
