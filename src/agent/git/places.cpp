#include "agent/git/places.h"

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxPointerBytes = 16 * 1024;

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<std::string> without_links(const std::string& path) {
  std::error_code failed;
  std::string real = std::filesystem::canonical(path, failed).string();
  if (failed) return system_error(format("cannot open {}", printable(path)), failed.value());
  return real;
}

bool is_git_directory(const std::string& path) {
  return exists(path + "/HEAD") && (exists(path + "/commondir") ||
                                    (is_directory(path + "/objects") && exists(path + "/refs")));
}

std::string_view without_line_end(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Where a ".git" that is a file points to: "gitdir: PATH".
Result<std::string> follow_pointer(const std::string& directory) {
  const std::string text = TRY(read_file(directory + "/.git", kMaxPointerBytes));
  constexpr std::string_view kPrefix = "gitdir: ";
  if (!text.starts_with(kPrefix)) {
    return Error{Code::Corrupt, format("{}/.git is a file that names no repository; remove it, or "
                                       "clone anew.",
                                       printable(directory))};
  }
  return resolve(directory, without_line_end(text).substr(kPrefix.size()));
}

// The directory that ".git" of `directory` is or points to; none where it is no repository.
Result<std::optional<std::string>> git_directory_at(const std::string& directory) {
  const std::string entry = directory + "/.git";
  struct stat status {};
  if (::stat(entry.c_str(), &status) != 0) return std::optional<std::string>();
  if (S_ISDIR(status.st_mode)) {
    if (!is_git_directory(entry)) return std::optional<std::string>();
    return std::optional(TRY(without_links(entry)));
  }
  const std::string target = TRY(follow_pointer(directory));
  if (!is_git_directory(target)) {
    return Error{
        Code::NotFound,
        format("{} points to {}, which is no repository; `git worktree repair` in the main "
               "working tree may mend it.",
               printable(entry), printable(target))};
  }
  return std::optional(TRY(without_links(target)));
}

Result<std::string> common_directory(const std::string& git_dir) {
  if (!exists(git_dir + "/commondir")) return git_dir;
  const std::string text = TRY(read_file(git_dir + "/commondir", kMaxPointerBytes));
  return without_links(resolve(git_dir, without_line_end(text)));
}

}  // namespace

Result<Places> find_repository(const std::string& directory) {
  const std::string start = TRY(without_links(directory));
  for (std::string at = start;; at = resolve(at, "..")) {
    std::optional<std::string> git_dir = TRY(git_directory_at(at));
    if (git_dir) {
      std::string common_dir = TRY(common_directory(*git_dir));
      return Places{
          .root = at, .git_dir = std::move(*git_dir), .common_dir = std::move(common_dir)};
    }
    if (is_git_directory(at)) {
      return Error{Code::Unsupported,
                   format("{} is a bare repository, or the inside of one; go where its files are "
                          "checked out, or clone it.",
                          printable(at))};
    }
    if (at == "/") break;
  }
  return Error{Code::NotFound,
               format("{} is in no git repository; `git init` makes one.", printable(start))};
}

Result<void> require_no_operation(const Places& places) {
  struct Operation {
    std::string_view file, name, way_out;
  };
  static constexpr std::array<Operation, 6> kOperations = {{
      {"MERGE_HEAD", "a merge", "`git merge --continue` or `--abort`"},
      {"rebase-merge", "a rebase", "`git rebase --continue` or `--abort`"},
      {"rebase-apply", "a rebase or `git am`", "`git status` says how to go on or to abort it"},
      {"CHERRY_PICK_HEAD", "a cherry-pick", "`git cherry-pick --continue` or `--abort`"},
      {"REVERT_HEAD", "a revert", "`git revert --continue` or `--abort`"},
      {"BISECT_LOG", "a bisection", "`git bisect reset`"},
  }};
  for (const Operation& operation : kOperations) {
    if (!exists(places.git_dir + "/" + std::string(operation.file))) continue;
    return Error{Code::Conflict, format("{} is in the middle of {}; end it first: {}.",
                                        printable(places.root), operation.name, operation.way_out)};
  }
  return {};
}

Result<void> check_repository_path(const std::string& path) {
  bool plain = !path.empty() && path.find('\0') == std::string::npos;
  for (const std::string_view part : split(path, '/')) {
    plain = plain && !part.empty() && part != "." && part != ".." && to_lower_ascii(part) != ".git";
  }
  if (plain) return {};
  return Error{
      Code::Invalid,
      format("\"{}\" is no path in the repository; write it from the root, without \"..\".",
             printable(path, LineBreaks::Escape))};
}

}  // namespace temper::agent
