// Keeping the working tree, comparing with what was kept, and bringing it back.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>

#include "agent/git/names.h"
#include "agent/git/repository.h"
#include "agent/git/shadow_index.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace temper::agent {
namespace {

// Of paths on one command line of git's.
constexpr std::size_t kPathsPerCall = 500;

const std::vector<std::pair<std::string, std::string>>& snapshot_author() {
  static const std::vector<std::pair<std::string, std::string>> kAuthor = {
      {"GIT_AUTHOR_NAME", "temper"},
      {"GIT_AUTHOR_EMAIL", "temper@localhost"},
      {"GIT_COMMITTER_NAME", "temper"},
      {"GIT_COMMITTER_EMAIL", "temper@localhost"}};
  return kAuthor;
}

std::vector<std::string> diff_arguments(std::vector<std::string> form, const std::string& from,
                                        const std::string& to) {
  std::vector<std::string> arguments = {"diff-tree", "-r", "--no-renames", "--no-ext-diff",
                                        "--no-textconv"};
  arguments.insert(arguments.end(), form.begin(), form.end());
  arguments.insert(arguments.end(), {from, to});
  return arguments;
}

// "A", a path, "M", a path, each with a NUL behind it.
std::vector<Change> read_name_status(std::string_view output) {
  std::vector<Change> changes;
  const std::vector<std::string_view> fields = split(output, '\0');
  for (std::size_t at = 0; at + 1 < fields.size(); at += 2) {
    const ChangeKind kind = fields[at] == "A"   ? ChangeKind::Added
                            : fields[at] == "D" ? ChangeKind::Deleted
                                                : ChangeKind::Modified;
    changes.push_back({.path = std::string(fields[at + 1]), .kind = kind, .unstaged = true});
  }
  return changes;
}

std::size_t read_count(std::string_view digits) {
  std::size_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

// "12\t3\tPATH", or "-\t-\tPATH" of what is no text.
std::vector<PathStat> read_numstat(std::string_view output) {
  std::vector<PathStat> stats;
  for (const std::string_view record : split(output, '\0')) {
    const std::size_t first = record.find('\t');
    const std::size_t second = record.find('\t', first == record.npos ? first : first + 1);
    if (second == record.npos) continue;
    stats.push_back({.path = std::string(record.substr(second + 1)),
                     .lines_added = read_count(record.substr(0, first)),
                     .lines_removed = read_count(record.substr(first + 1, second - first - 1)),
                     .binary = record.starts_with('-')});
  }
  return stats;
}

std::string shown(const std::string& path) { return printable(path, LineBreaks::Escape); }

bool is_real_directory(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// What there is under `directory` besides the paths that will be removed.
bool holds_others(const std::string& root, const std::string& directory,
                  const std::set<std::string>& removed) {
  std::error_code failed;
  using Walk = std::filesystem::recursive_directory_iterator;
  for (Walk at(root + "/" + directory, failed), end; !failed && at != end; at.increment(failed)) {
    if (is_real_directory(at->path().string())) continue;
    if (removed.count(at->path().string().substr(root.size() + 1)) == 0) return true;
  }
  return static_cast<bool>(failed);
}

// Neither the place of the file nor that of a directory above it may be taken by something
// that nobody has asked to remove.
Result<void> require_room(const std::string& root, const std::string& path,
                          const std::set<std::string>& removed) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string above = path.substr(0, slash);
    struct stat status {};
    if (::lstat((root + "/" + above).c_str(), &status) != 0) return {};
    if (S_ISDIR(status.st_mode) || removed.count(above) > 0) continue;
    return Error{Code::Conflict, format("{} cannot be restored: {} is no directory now; restore "
                                        "that path as well.",
                                        shown(path), shown(above))};
  }
  if (!is_real_directory(root + "/" + path) || !holds_others(root, path, removed)) return {};
  return Error{Code::Conflict, format("{} cannot be restored: it is a directory now, with other "
                                      "files in it; restore or move those as well.",
                                      shown(path))};
}

// The directory that the file is in, reached through no link: not open where there is one.
UniqueFd open_parent(const std::string& root, const std::string& path) {
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  UniqueFd directory(::open(root.c_str(), kFlags));
  const std::vector<std::string_view> parts = split(path, '/');
  for (std::size_t at = 0; at + 1 < parts.size() && directory.is_open(); ++at) {
    directory.reset(::openat(directory.get(), std::string(parts[at]).c_str(), kFlags | O_NOFOLLOW));
  }
  return directory;
}

// The directories that this leaves empty go too: git knows none.
Result<void> remove_file(const std::string& root, const std::string& path) {
  for (std::string at = path; !at.empty();) {
    const UniqueFd parent = open_parent(root, at);
    const std::size_t slash = at.rfind('/');
    const std::string name = at.substr(slash == at.npos ? 0 : slash + 1);
    const bool is_file = at.size() == path.size();
    if (::unlinkat(parent.get(), name.c_str(), is_file ? 0 : AT_REMOVEDIR) != 0) {
      if (!is_file || errno == ENOENT) return {};
      return system_error(format("cannot remove {}", shown(path)), errno);
    }
    at.resize(slash == at.npos ? 0 : slash);
  }
  return {};
}

}  // namespace

Result<Snapshot> Repository::snapshot(const std::string& label) {
  TRY(check_label(label, "a snapshot's label"));
  std::string tree = TRY(tree_hash());
  const std::string head = TRY(head_or_empty());
  GitCall make{.arguments = {"commit-tree", tree},
               .input = format("temper: {} of run {}\n", label, run_),
               .environment = snapshot_author()};
  if (!head.empty()) make.arguments.insert(make.arguments.end(), {"-p", head});
  std::string commit(trim(TRY(git_.run("keep a snapshot", make))));
  TRY(git_.run("keep a snapshot",
               {.arguments = {"update-ref", format("refs/temper/{}/{}", run_, label), commit}}));
  return Snapshot{.commit = std::move(commit), .tree = std::move(tree)};
}

Result<std::vector<Change>> Repository::changed_since(const Snapshot& snapshot) {
  const std::string now = TRY(tree_hash());
  if (now == snapshot.tree) return std::vector<Change>();
  return read_name_status(TRY(shadow_->git().run(
      "compare with the snapshot",
      {.arguments = diff_arguments({"--name-status", "-z"}, snapshot.tree, now)})));
}

Result<std::vector<PathStat>> Repository::diff_stat(const Snapshot& snapshot) {
  const std::string now = TRY(tree_hash());
  return read_numstat(TRY(
      shadow_->git().run("compare with the snapshot",
                         {.arguments = diff_arguments({"--numstat", "-z"}, snapshot.tree, now)})));
}

Result<DiffText> Repository::diff(const Snapshot& snapshot, const std::vector<std::string>& paths,
                                  std::size_t max_bytes) {
  for (const std::string& path : paths) TRY(check_repository_path(path));
  const std::string now = TRY(tree_hash());
  DiffText whole;
  std::size_t at = 0;
  do {
    GitCall call{.arguments = diff_arguments({"-p"}, snapshot.tree, now),
                 .max_bytes = max_bytes - whole.text.size()};
    call.arguments.emplace_back("--");
    for (const std::size_t end = std::min(at + kPathsPerCall, paths.size()); at < end; ++at) {
      call.arguments.push_back(paths[at]);
    }
    const GitAnswer answer = TRY(shadow_->git().ask(call));
    if (answer.exit_code != 0) return shadow_->git().failure("compare with the snapshot", answer);
    whole.text += answer.output;
    whole.cut = answer.cut;
  } while (at < paths.size() && !whole.cut);
  return whole;
}

Result<void> Repository::restore_paths(const Snapshot& snapshot,
                                       const std::vector<std::string>& paths) {
  std::map<std::string, ChangeKind> changed;
  for (Change& change : TRY(changed_since(snapshot))) {
    changed.emplace(std::move(change.path), change.kind);
  }
  std::set<std::string> removed;
  std::vector<std::string> written;
  for (const std::string& path : paths) {
    TRY(check_repository_path(path));
    const auto found = changed.find(path);
    if (found == changed.end()) {
      const GitAnswer there = TRY(shadow_->git().ask(
          {.arguments = {"cat-file", "-e", format("{}:{}", snapshot.tree, path)}}));
      if (there.exit_code == 0) continue;  // it is as it was
      return Error{
          Code::NotFound,
          format("{} is not in the snapshot, and no file that git looks at.", shown(path))};
    }
    if (found->second == ChangeKind::Added) {
      removed.insert(path);
    } else {
      written.push_back(path);
    }
  }
  for (const std::string& path : written) TRY(require_room(places_.root, path, removed));
  for (const std::string& path : removed) TRY(remove_file(places_.root, path));
  return shadow_->check_out(snapshot.tree, written);
}

Result<std::string> Repository::show_file(const Snapshot& snapshot, const std::string& path,
                                          std::size_t max_bytes) const {
  return show_file(snapshot.commit, path, max_bytes);
}

}  // namespace temper::agent
