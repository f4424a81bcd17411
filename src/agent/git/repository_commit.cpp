// One commit of exactly the named paths, with git's own order of things: the index is locked,
// its successor is written beside it, the branch moves, the successor takes its place. Until
// the branch has moved nothing is changed; who is killed after that leaves a lock to remove.
#include <sys/stat.h>

#include <set>

#include "agent/git/index_lock.h"
#include "agent/git/names.h"
#include "agent/git/repository.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/temporary_directory.h"
#include "base/text.h"

namespace temper::agent {
namespace {

std::string shown(const std::string& path) { return printable(path, LineBreaks::Escape); }

enum class FileState { Present, Gone, Directory, Special };

// Behind a link a path is gone: git sees the link.
FileState file_state(const std::string& root, const std::string& path) {
  struct stat status {};
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    if (::lstat((root + "/" + path.substr(0, slash)).c_str(), &status) != 0 ||
        !S_ISDIR(status.st_mode)) {
      return FileState::Gone;
    }
  }
  if (::lstat((root + "/" + path).c_str(), &status) != 0) return FileState::Gone;
  if (S_ISDIR(status.st_mode)) return FileState::Directory;
  return S_ISREG(status.st_mode) || S_ISLNK(status.st_mode) ? FileState::Present
                                                            : FileState::Special;
}

struct SortedPaths {
  std::vector<std::string> present = {};
  std::vector<std::string> gone = {};

  std::string as_input(const std::vector<std::string>& paths) const {
    std::string input;
    for (const std::string& path : paths) input.append(path).push_back('\0');
    return input;
  }
};

// A directory is no path, but a file that was committed may have become one: it is deleted.
Result<void> require_was_file(const Git& git, const std::string& head, const std::string& path) {
  if (!head.empty()) {
    const GitAnswer answer =
        TRY(git.ask({.arguments = {"cat-file", "-t", format("{}:{}", head, path)}}));
    if (answer.exit_code == 0 && trim(answer.output) == "blob") return {};
  }
  return Error{
      Code::Invalid,
      format("{} is a directory; name the files in it that are to be committed.", shown(path))};
}

// Sorted by what is there.
Result<SortedPaths> sort_paths(const Git& git, const std::string& root, const std::string& head,
                               const std::vector<std::string>& paths) {
  SortedPaths sorted;
  for (const std::string& path : std::set<std::string>(paths.begin(), paths.end())) {
    TRY(check_repository_path(path));
    const FileState state = file_state(root, path);
    if (state == FileState::Directory) TRY(require_was_file(git, head, path));
    if (state == FileState::Special) {
      return Error{Code::Unsupported,
                   format("{} is neither a file nor a link; git cannot keep it.", shown(path))};
    }
    (state == FileState::Present ? sorted.present : sorted.gone).push_back(path);
  }
  return sorted;
}

// What git would have stored by a filter cannot be stored without.
Result<void> require_no_filters(const Git& git, const SortedPaths& paths) {
  if (paths.present.empty()) return {};
  const std::string output =
      TRY(git.run("read the attributes", {.arguments = {"check-attr", "-z", "--stdin", "filter"},
                                          .input = paths.as_input(paths.present)}));
  const GitSettings settings = TRY(git.settings());
  const std::vector<std::string_view> fields = split(output, '\0');  // path, "filter", value
  for (std::size_t at = 0; at + 2 < fields.size(); at += 3) {
    if (!settings.has_filter(fields[at + 2])) continue;
    return Error{Code::Unsupported,
                 format("{} is stored through the filter \"{}\", which is a program and not run "
                        "here; commit that file by hand.",
                        shown(std::string(fields[at])), printable(fields[at + 2]))};
  }
  return {};
}

Result<void> update_index(const Git& git, const std::string& option, const std::string& input) {
  if (input.empty()) return {};
  TRY(git.run("read the files to commit",
              {.arguments = {"update-index", "--add", option, "-z", "--stdin"},
               .input = input,
               .touches_files = true}));
  return {};
}

// HEAD's tree with the paths as they are in the working tree.
Result<std::string> write_commit_tree(const Git& git, const std::string& head,
                                      const SortedPaths& paths) {
  if (!head.empty()) {
    TRY(git.run("read HEAD", {.arguments = {"read-tree", head}}));
  }
  TRY(update_index(git, "--force-remove", paths.as_input(paths.gone)));
  TRY(update_index(git, "--replace", paths.as_input(paths.present)));
  return std::string(
      trim(TRY(git.run("write the commit", {.arguments = {"write-tree", "--missing-ok"}}))));
}

// "MODE OID STAGE\tPATH" of the paths that are in that index, and the deletion of the others: the
// same entries for another index.
Result<std::string> entries_of(const Git& git, const SortedPaths& paths, std::size_t id_digits) {
  const std::string all = TRY(git.run("read the commit", {.arguments = {"ls-files", "-s", "-z"}}));
  std::string entries;
  for (const std::string& path : paths.gone) {
    entries.append("0 ").append(id_digits, '0').append("	").append(path).push_back('\0');
  }
  const std::set<std::string, std::less<>> present(paths.present.begin(), paths.present.end());
  for (const std::string_view record : split(all, '\0')) {
    const std::size_t tab = record.find('\t');
    if (tab == record.npos || present.count(record.substr(tab + 1)) == 0) continue;
    entries.append(record).push_back('\0');
  }
  return entries;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

// Who the user is to git; a name of ours only where nobody has said.
Variables author(const GitSettings& settings) {
  const std::string name = settings.find("user.name").value_or("");
  const std::string email = settings.find("user.email").value_or("");
  const std::string shown_name = trim(name).empty() ? "temper" : name;
  const std::string shown_email = trim(email).empty() ? "temper@localhost" : email;
  return {{"GIT_AUTHOR_NAME", shown_name},
          {"GIT_AUTHOR_EMAIL", shown_email},
          {"GIT_COMMITTER_NAME", shown_name},
          {"GIT_COMMITTER_EMAIL", shown_email}};
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

Result<std::string> Repository::commit(const std::vector<std::string>& paths,
                                       const std::string& message) {
  if (trim(message).empty() || message.find('\0') != message.npos) {
    return Error{Code::Invalid, "A commit needs a message, without NUL bytes."};
  }
  TRY(require_no_operation(places_));
  IndexLock lock = TRY(IndexLock::take(places_.git_dir));
  const std::string head = TRY(head_or_empty());
  const SortedPaths sorted = TRY(sort_paths(git_, places_.root, head, paths));
  TRY(require_no_filters(git_, sorted));

  const TemporaryDirectory scratch = TRY(TemporaryDirectory::create());
  const Git committed = git_.with({{"GIT_INDEX_FILE", scratch / "commit"}});
  const std::string tree = TRY(write_commit_tree(committed, head, sorted));
  if (!head.empty() &&
      tree == trim(TRY(git_.run("read HEAD", {.arguments = {"rev-parse", head + "^{tree}"}})))) {
    return Error{Code::Conflict, "There is nothing to commit: these paths are as in HEAD."};
  }

  const GitSettings settings = TRY(git_.settings());
  GitCall make{.arguments = {"commit-tree", tree},
               .input = std::string(trim(message)) + "\n",
               .environment = author(settings)};
  if (!head.empty()) make.arguments.insert(make.arguments.end(), {"-p", head});
  std::string commit(trim(TRY(git_.run("make the commit", make))));

  const std::string successor = scratch / "index";
  TRY(lock.copy_index_to(successor));
  const Git staged = git_.with({{"GIT_INDEX_FILE", successor}});
  GitCall update{.arguments = {"update-index", "--replace", "-z", "--index-info"}};
  update.input = TRY(entries_of(committed, sorted, commit.size()));
  TRY(staged.run("update the index", update));
  TRY(lock.write(successor));
  const std::string expected = head.empty() ? std::string(commit.size(), '0') : head;
  TRY(git_.run("move the branch",
               {.arguments = {"update-ref", "-m", "commit: " + first_line(trim(message)), "HEAD",
                              commit, expected},
                .environment = author(settings)}));
  TRY(lock.commit());
  return commit;
}

}  // namespace temper::agent
