#include "agent/git/status.h"

#include <algorithm>
#include <optional>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::agent {
namespace {

// In version 2 of git's porcelain format the path is the last of so many fields, "1 XY sub
// mH mI mW hH hI path"; none for a line that is not about a changed file.
std::optional<std::size_t> fields_before_path(std::string_view line) {
  if (line.starts_with("1 ")) return 8;
  if (line.starts_with("u ")) return 10;
  if (line.starts_with("? ")) return 1;
  return std::nullopt;
}

std::optional<std::string_view> skip_fields(std::string_view line, std::size_t count) {
  for (; count > 0; --count) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    line.remove_prefix(space + 1);
  }
  if (line.empty()) return std::nullopt;
  return line;
}

// The working tree against HEAD, from the index against HEAD and the tree against the index.
ChangeKind kind_of(char index, char tree) {
  if (tree == 'D' || (index == 'D' && tree == '.')) return ChangeKind::Deleted;
  return index == 'A' || tree == 'A' ? ChangeKind::Added : ChangeKind::Modified;
}

Result<std::optional<Change>> read_change(std::string_view line, std::size_t fields) {
  const std::optional<std::string_view> path = skip_fields(line, fields);
  if (!path || (fields > 1 && line.size() < 4)) {
    return Error{Code::Corrupt, format("git status says something that cannot be read: {}",
                                       printable(line.substr(0, 200), LineBreaks::Escape))};
  }
  if (path->ends_with('/')) return std::optional<Change>();  // a repository of its own
  Change change{.path = std::string(*path), .unstaged = true};
  if (line[0] == '?') {
    change.kind = ChangeKind::Added;
  } else if (line[0] == 'u') {
    change.kind = ChangeKind::Unmerged;
    change.staged = true;
  } else {
    change.kind = kind_of(line[2], line[3]);
    change.staged = line[2] != '.';
    change.unstaged = line[3] != '.';
  }
  return std::optional(std::move(change));
}

void read_header(std::string_view line, StatusReport& report) {
  const auto value_of = [&](std::string_view name) -> std::optional<std::string> {
    if (!line.starts_with(name)) return std::nullopt;
    return std::string(line.substr(name.size()));
  };
  if (std::optional<std::string> head = value_of("# branch.oid ")) {
    report.head = *head == "(initial)" ? "" : *head;
  } else if (std::optional<std::string> branch = value_of("# branch.head ")) {
    report.branch = *branch == "(detached)" ? "" : *branch;
  }
}

// In order, one entry a path: a file that is removed from the index alone is said twice, as
// deleted there and as unknown here.
void put_in_order(std::vector<Change>& changes) {
  const auto before = [](const Change& a, const Change& b) { return a.path < b.path; };
  std::stable_sort(changes.begin(), changes.end(), before);
  std::vector<Change> merged;
  for (Change& change : changes) {
    if (!merged.empty() && merged.back().path == change.path) {
      merged.back().kind = ChangeKind::Modified;
      merged.back().unstaged = true;
    } else {
      merged.push_back(std::move(change));
    }
  }
  changes = std::move(merged);
}

}  // namespace

std::string_view change_kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::Added: return "added";
    case ChangeKind::Modified: return "modified";
    case ChangeKind::Deleted: return "deleted";
    case ChangeKind::Unmerged: return "unmerged";
  }
  return "modified";
}

std::vector<std::string> status_arguments() {
  return {"status",       "--porcelain=v2",         "--branch",
          "-z",           "--no-ahead-behind",      "--untracked-files=all",
          "--no-renames", "--ignore-submodules=all"};
}

Result<StatusReport> parse_status(std::string_view output) {
  StatusReport report;
  for (const std::string_view line : split(output, '\0')) {
    if (line.starts_with('#')) read_header(line, report);
    const std::optional<std::size_t> fields = fields_before_path(line);
    if (!fields) continue;
    std::optional<Change> change = TRY(read_change(line, *fields));
    if (change) report.changes.push_back(std::move(*change));
  }
  put_in_order(report.changes);
  return report;
}

}  // namespace temper::agent
