#include "agent/shell/leftovers.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/format.h"
#include "base/process_tree.h"
#include "base/unique_directory.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

std::string link_target(const std::string& link) {
  std::array<char, 4096> target{};
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return {target.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

std::string read_of_process(pid_t id, std::string_view file) {
  constexpr std::size_t kMostBytes = 4 * 1024 * 1024;
  Result<std::string> bytes = read_file(format("/proc/{}/{}", id, file), kMostBytes);
  return bytes ? std::move(bytes).take() : std::string();
}

std::optional<CommandNumber> read_number(std::string_view text) {
  CommandNumber number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

// One that is about to end has closed everything.
bool has_descriptors(pid_t id) {
  const UniqueDirectory descriptors(::opendir(format("/proc/{}/fd", id).c_str()));
  if (!descriptors) return false;
  while (const dirent* entry = ::readdir(descriptors.get())) {
    if (entry->d_name[0] != '.') return true;
  }
  return false;
}

// The number in "PIPES/12.out", also after it was unlinked.
std::optional<CommandNumber> command_of_output(const std::string& target,
                                               const std::string& pipes) {
  if (!target.starts_with(pipes + "/") || target.find(".out") == target.npos) return std::nullopt;
  return read_number(std::string_view(target).substr(pipes.size() + 1));
}

std::optional<CommandNumber> command_in_environment(pid_t id) {
  const std::string variables = read_of_process(id, "environ");
  const std::string wanted = std::string(kCommandVariable) + "=";
  for (std::size_t at = 0; at < variables.size();) {
    const std::size_t end = std::min(variables.find('\0', at), variables.size());
    const std::string_view variable = std::string_view(variables).substr(at, end - at);
    if (variable.starts_with(wanted)) return read_number(variable.substr(wanted.size()));
    at = end + 1;
  }
  return std::nullopt;
}

// By what it was started with, or, for a shell that forked, by where it writes.
std::optional<CommandNumber> command_of(pid_t id, const std::string& pipes) {
  for (const int descriptor : {1, 2}) {
    const std::string target = link_target(format("/proc/{}/fd/{}", id, descriptor));
    if (const auto command = command_of_output(target, pipes)) return command;
  }
  return command_in_environment(id);
}

// The last number of "NSpid: 4711 12".
pid_t shown_id(pid_t id) {
  const std::string status = read_of_process(id, "status");
  const std::size_t line = status.find("\nNSpid:");
  if (line == status.npos) return id;
  const std::size_t end = status.find('\n', line + 1);
  const std::size_t last = status.find_last_of(" \t", end);
  const auto number = read_number(std::string_view(status).substr(last + 1, end - last - 1));
  return number ? static_cast<pid_t>(*number) : id;
}

std::string command_line(pid_t id) {
  std::string line = read_of_process(id, "cmdline");
  while (!line.empty() && line.back() == '\0') line.pop_back();
  std::replace(line.begin(), line.end(), '\0', ' ');
  return make_valid_utf8(line);
}

}  // namespace

std::vector<Leftover> find_leftovers(pid_t root, const std::string& pipes, CommandNumber latest) {
  const Result<std::vector<ProcessEntry>> tree = descendants_of(root);
  if (!tree) return {};

  // Whoever holds the pipe `end` open where shells have their input is the first of our
  // shells; what stands above it puts up the walls.
  std::map<pid_t, pid_t> parents;
  std::set<pid_t> ours;
  for (const ProcessEntry& process : *tree) {
    parents[process.id] = process.parent;
    const std::string input = link_target(format("/proc/{}/fd/{}", process.id, kShellInput));
    if (!input.starts_with(pipes + "/")) continue;
    ours.insert(process.id);
    if (input != pipes + "/end") continue;
    for (pid_t above = process.parent; parents.contains(above); above = parents[above]) {
      ours.insert(above);
    }
  }

  std::vector<Leftover> found;
  std::map<pid_t, CommandNumber> commands;  // of parents, for the children that follow
  for (const ProcessEntry& process : *tree) {
    if (process.state == 'Z' || ours.contains(process.id) || !has_descriptors(process.id)) continue;
    std::optional<CommandNumber> command = command_of(process.id, pipes);
    if (!command && commands.contains(process.parent)) command = commands[process.parent];
    commands[process.id] = command.value_or(latest);
    found.push_back(
        {commands[process.id], process.id, shown_id(process.id), command_line(process.id)});
  }
  return found;
}

}  // namespace temper::agent
