#include "agent/git/git.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <set>

#include "base/find_program.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/printable.h"
#include "base/run_process.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::chrono::minutes kTimeLimit{10};

struct Overruled {
  const char* key;
  const char* value;
};

// All that git would start because a configuration file says so, and what would change the
// meaning of our calls. An empty value is "none". The first one tells whether git listens.
constexpr std::array kOverruled = std::to_array<Overruled>({
    {"core.hookspath", "/dev/null"},
    {"core.fsmonitor", "false"},
    {"core.pager", "cat"},
    {"core.editor", "true"},
    {"sequence.editor", "true"},
    {"core.askpass", ""},
    {"core.sshcommand", "false"},
    {"core.gitproxy", ""},
    {"core.alternaterefscommand", "true"},
    {"credential.helper", ""},
    {"protocol.allow", "never"},
    {"diff.external", ""},
    {"interactive.difffilter", ""},
    {"commit.gpgsign", "false"},
    {"tag.gpgsign", "false"},
    {"push.gpgsign", "false"},
    {"log.showsignature", "false"},
    {"gpg.program", "false"},
    {"gpg.openpgp.program", "false"},
    {"gpg.x509.program", "false"},
    {"gpg.ssh.program", "false"},
    {"gpg.ssh.defaultkeycommand", ""},
    {"submodule.recurse", "false"},
    {"diff.ignoresubmodules", "all"},
    {"status.submodulesummary", "false"},
    {"core.fsyncmethod", "batch"},
    {"gc.auto", "0"},
    {"maintenance.auto", "false"},
    {"core.splitindex", "false"},
    {"core.ignorestat", "false"},
    {"core.checkstat", "default"},
    {"core.quotepath", "false"},
    {"core.prefersymlinkrefs", "false"},
    {"color.ui", "false"},
    {"diff.noprefix", "false"},
    {"diff.mnemonicprefix", "false"},
    {"diff.orderfile", "/dev/null"},
    {"i18n.commitencoding", "UTF-8"},
    {"i18n.logoutputencoding", "UTF-8"},
});

// The driver that a setting of filters belongs to: "filter.NAME.clean". NAME may hold dots.
std::optional<std::string_view> filter_name(std::string_view key) {
  constexpr std::string_view kSection = "filter.";
  if (!key.starts_with(kSection)) return std::nullopt;
  key.remove_prefix(kSection.size());
  const std::size_t dot = key.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return key.substr(0, dot);
}

std::vector<GitSetting> overruled_filters(const GitSettings& settings) {
  std::set<std::string_view> names;
  for (const GitSetting& setting : settings.all) {
    if (const std::optional<std::string_view> name = filter_name(setting.key)) names.insert(*name);
  }
  std::vector<GitSetting> overruled;
  for (const std::string_view name : names) {
    for (const char* part : {"clean", "smudge", "process"}) {
      overruled.push_back({format("filter.{}.{}", name, part), ""});
    }
    overruled.push_back({format("filter.{}.required", name), "false"});
  }
  return overruled;
}

// Relative places and those inside the repository may hold a "git" of the repository's own.
std::string trusted_path(const Environment& environment, const std::string& root) {
  std::vector<std::string_view> kept;
  const std::string path = environment.get("PATH").value_or("");
  for (const std::string_view place : split(path, ':')) {
    if (place.starts_with('/') && !is_inside(root, place)) kept.push_back(place);
  }
  return join(kept, ":");
}

Environment clean_environment(const Environment& environment, const Places& places) {
  Environment clean;
  for (const auto& [name, value] : environment.variables()) {
    if (!name.starts_with("GIT_") && name != "SSH_ASKPASS") clean.set(name, value);
  }
  clean.set("PATH", trusted_path(environment, places.root));
  clean.set("LC_ALL", "C");
  clean.set("GIT_DIR", places.git_dir);
  clean.set("GIT_WORK_TREE", places.root);  // whatever core.worktree says
  clean.set("GIT_PAGER", "cat");
  clean.set("GIT_EDITOR", "true");
  clean.set("GIT_ASKPASS", "");
  clean.set("GIT_TERMINAL_PROMPT", "0");
  clean.set("GIT_OPTIONAL_LOCKS", "0");
  clean.set("GIT_LITERAL_PATHSPECS", "1");
  clean.set("GIT_NO_REPLACE_OBJECTS", "1");
  clean.set("GIT_NO_LAZY_FETCH", "1");
  // Names no protocol that exists; protocol.NAME.allow could overrule protocol.allow.
  clean.set("GIT_ALLOW_PROTOCOL", "none");
  return clean;
}

// Every file that git reads settings from, but for those that these include.
std::vector<std::string> setting_files(const Places& places, const Environment& environment) {
  std::vector<std::string> files = {"/etc/gitconfig", places.common_dir + "/config",
                                    places.git_dir + "/config.worktree"};
  const std::string home = environment.get("HOME").value_or("");
  if (!home.empty()) files.push_back(home + "/.gitconfig");
  const std::string xdg = environment.get_non_empty("XDG_CONFIG_HOME").value_or(home + "/.config");
  files.push_back(xdg + "/git/config");
  return files;
}

// What tells the files as they are from others. Empty where one was written a moment ago: it
// could be written again within the same tick of the disk's clock, and look the same.
std::string stamp_of(const std::vector<std::string>& files) {
  constexpr std::int64_t kMoment = 100'000'000;  // nanoseconds
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::string stamp;
  for (const std::string& file : files) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0) {
      stamp += "none;";
      continue;
    }
    if (nanoseconds(info.st_ctim) + kMoment > nanoseconds(now)) return {};
    stamp += format("{} {} {} {} {};", info.st_dev, info.st_ino, info.st_size,
                    nanoseconds(info.st_mtim), nanoseconds(info.st_ctim));
  }
  return stamp;
}

bool includes_others(const GitSettings& settings) {
  return std::any_of(settings.all.begin(), settings.all.end(), [](const GitSetting& setting) {
    return setting.key.starts_with("include.") || setting.key.starts_with("includeif.");
  });
}

// What git says is wrong: its last line that says so, else its last line.
std::string reason_in(const std::string& errors) {
  std::string_view reason;
  bool is_said = false;
  for (std::string_view line : split(errors, '\n')) {
    line = trim(line);
    const bool says = line.starts_with("fatal: ") || line.starts_with("error: ");
    if (line.empty() || (is_said && !says)) continue;
    is_said = is_said || says;
    reason = says ? line.substr(7) : line;
  }
  return printable(reason.substr(0, 400), LineBreaks::Escape);
}

}  // namespace

std::optional<std::string> GitSettings::find(std::string_view key) const {
  const auto found = std::find_if(all.rbegin(), all.rend(),
                                  [&](const GitSetting& setting) { return setting.key == key; });
  if (found == all.rend()) return std::nullopt;
  return found->value;
}

bool GitSettings::is_true(std::string_view key) const {
  const std::string value = to_lower_ascii(find(key).value_or("false"));
  return value == "true" || value == "yes" || value == "on" || value == "1";
}

bool GitSettings::has_filter(std::string_view name) const {
  return std::any_of(all.begin(), all.end(), [&](const GitSetting& setting) {
    return filter_name(setting.key) == name && !setting.key.ends_with(".required") &&
           !setting.value.empty();
  });
}

GitSettings parse_git_settings(std::string_view output) {
  GitSettings settings;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\0'), output.size());
    const std::string_view entry = output.substr(0, end);
    output.remove_prefix(std::min(end + 1, output.size()));
    // A key alone, without "=", means true.
    const std::size_t line = entry.find('\n');
    const bool has_value = line != std::string_view::npos;
    settings.all.push_back({std::string(entry.substr(0, line)),
                            std::string(has_value ? entry.substr(line + 1) : "true")});
  }
  return settings;
}

Result<Git> Git::create(const Places& places, const Environment& environment) {
  Git git;
  git.directory_ = places.root;
  git.environment_ = clean_environment(environment, places);
  git.setting_files_ = setting_files(places, git.environment_);
  git.remembered_ = std::make_shared<Remembered>();
  git.program_ = TRY(find_program("git", git.environment_, places.root));
  TRY(git.settings());
  return git;
}

Git Git::with(const std::vector<std::pair<std::string, std::string>>& variables) const {
  Git other = *this;
  for (const auto& [name, value] : variables) other.environment_.set(name, value);
  return other;
}

Result<GitAnswer> Git::start(const GitCall& call, const std::vector<GitSetting>& overruled) const {
  Environment environment = environment_;
  for (const auto& [name, value] : call.environment) environment.set(name, value);
  std::size_t count = 0;
  const auto overrule = [&](std::string_view key, std::string_view value) {
    environment.set(format("GIT_CONFIG_KEY_{}", count), key);
    environment.set(format("GIT_CONFIG_VALUE_{}", count), value);
    ++count;
  };
  for (const Overruled& setting : kOverruled) overrule(setting.key, setting.value);
  for (const GitSetting& setting : overruled) overrule(setting.key, setting.value);
  environment.set("GIT_CONFIG_COUNT", std::to_string(count));

  ProcessSpec spec;
  spec.argv = {program_};
  spec.argv.insert(spec.argv.end(), call.arguments.begin(), call.arguments.end());
  spec.environment = std::move(environment);
  spec.directory = directory_;
  spec.input = call.input.empty() ? InputFrom::Nothing : InputFrom::Us;
  RunLimits limits;
  limits.time = kTimeLimit;

  std::string output;
  const ProcessResult result = TRY(
      run_process(spec, call.input, limits, {}, [&](OutputStream stream, std::string_view bytes) {
        if (stream != OutputStream::Output) return;
        output.append(bytes.substr(0, call.max_bytes - std::min(call.max_bytes, output.size())));
      }));
  if (result.ended_by != EndedBy::Itself || result.status.signal != 0) {
    return Error{Code::Unavailable,
                 format("git did not end by itself: {} after {} s, in {}.", describe(result.status),
                        result.duration.count() / 1000, printable(directory_))};
  }
  return GitAnswer{.exit_code = result.status.code,
                   .output = std::move(output),
                   .errors = result.errors.text(),
                   .cut = result.output.total_bytes() > call.max_bytes};
}

Result<GitAnswer> Git::ask(const GitCall& call) const {
  if (!call.touches_files) return start(call, {});
  return start(call, overruled_filters(TRY(settings())));
}

Result<std::string> Git::run(std::string_view doing, const GitCall& call) const {
  GitAnswer answer = TRY(ask(call));
  if (answer.exit_code != 0) return failure(doing, answer);
  if (answer.cut) {
    return Error{Code::Limit, format("git could not {}: its answer is larger than {}.", doing,
                                     format_bytes(call.max_bytes))};
  }
  return std::move(answer.output);
}

Error Git::failure(std::string_view doing, const GitAnswer& answer) const {
  const std::string reason = reason_in(answer.errors);
  if (reason.find(".lock': File exists") != std::string::npos) {
    return {Code::Unavailable,
            format("git could not {}: {} Another git is at work in {}, or was killed there; when "
                   "none runs, remove that file.",
                   doing, reason, printable(directory_))};
  }
  return {Code::Conflict,
          format("git could not {}: {}", doing,
                 reason.empty() ? format("exit code {}.", answer.exit_code) : reason)};
}

struct Git::Remembered {
  std::string stamp = {};
  GitSettings settings = {};
};

Result<GitSettings> Git::settings() const {
  const std::string stamp = stamp_of(setting_files_);
  if (!stamp.empty() && stamp == remembered_->stamp) return remembered_->settings;
  GitSettings settings = TRY(read_settings());
  if (!stamp.empty() && !includes_others(settings)) *remembered_ = {stamp, settings};
  return settings;
}

Result<GitSettings> Git::read_settings() const {
  GitSettings settings = parse_git_settings(
      TRY(run("read its configuration", {.arguments = {"config", "--list", "-z"}})));
  // Ours come last. A git that does not list them would not keep them either.
  if (settings.find(kOverruled[0].key) != kOverruled[0].value ||
      settings.all.size() < kOverruled.size()) {
    return Error{Code::Unsupported, "git is too old to be run safely; 2.31 or later is needed."};
  }
  settings.all.resize(settings.all.size() - kOverruled.size());
  return settings;
}

}  // namespace temper::agent
