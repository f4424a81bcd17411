#include "agent/git/shadow_index.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <set>
#include <string_view>

#include "agent/git/index_lock.h"
#include "agent/git/status.h"
#include "base/file.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::agent {
namespace {

std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char byte : value) {
    if (byte == '"' || byte == '\\') text += '\\';
    text += byte == '\n' ? std::string("\\n") : std::string(1, byte);
  }
  return text + '"';
}

// What is repeated from the repository's own configuration: how the file system behaves, what
// objects look like, and which files are ignored, or not checked out on purpose.
std::string configuration(const GitSettings& settings) {
  std::string text = "[core]\n\tbare = false\n";
  for (const char* key : {"filemode", "symlinks", "ignorecase", "precomposeunicode",
                          "sparsecheckout", "sparsecheckoutcone"}) {
    if (!settings.find(format("core.{}", key))) continue;
    text += format("\t{} = {}\n", key, settings.is_true(format("core.{}", key)));
  }
  if (const std::optional<std::string> ignored = settings.find("core.excludesfile")) {
    text += format("\texcludesfile = {}\n", quoted(*ignored));
  }
  const bool is_sha256 = settings.find("extensions.objectformat") == "sha256";
  text += format("\trepositoryformatversion = {}\n", is_sha256 ? 1 : 0);
  if (is_sha256) text += "[extensions]\n\tobjectformat = sha256\n";
  return text;
}

constexpr std::string_view kAttributes = "* -text -ident -filter !eol !working-tree-encoding\n";

Result<void> link_to(const std::string& target, const std::string& link) {
  if (::symlink(target.c_str(), link.c_str()) == 0) return {};
  return system_error(format("cannot link {}", printable(link)), errno);
}

Result<void> lay_out(const std::string& shadow, const Places& places, const GitSettings& settings,
                     const std::string& head) {
  for (const char* name : {"/refs", "/objects", "/info"}) TRY(make_directories(shadow + name));
  TRY(write_file_atomically(shadow + "/HEAD",
                            head.empty() ? "ref: refs/heads/none\n" : head + "\n"));
  TRY(write_file_atomically(shadow + "/config", configuration(settings)));
  TRY(write_file_atomically(shadow + "/info/attributes", kAttributes));
  TRY(link_to(places.common_dir + "/info/exclude", shadow + "/info/exclude"));
  return link_to(places.git_dir + "/info/sparse-checkout", shadow + "/info/sparse-checkout");
}

// An entry as `git ls-files -v -s -z` prints it: "H 100644 OID 0\tPATH".
struct IndexEntry {
  char tag;               // small: git is told not to look at the file
  std::string_view text;  // as `git update-index --index-info` reads it
  std::string_view path;
};

std::vector<IndexEntry> read_entries(std::string_view output) {
  std::vector<IndexEntry> entries;
  for (const std::string_view record : split(output, '\0')) {
    const std::size_t tab = record.find('\t');
    if (record.size() < 3 || tab == std::string_view::npos) continue;
    entries.push_back({record[0], record.substr(2), record.substr(tab + 1)});
  }
  return entries;
}

// The paths that git stores otherwise than they are in the working tree.
Result<std::set<std::string>> converted_paths(const Git& git,
                                              const std::vector<IndexEntry>& entries) {
  GitCall call{.arguments = {"check-attr", "-z", "--stdin", "text", "crlf", "eol", "ident",
                             "filter", "working-tree-encoding"}};
  for (const IndexEntry& entry : entries) call.input.append(entry.path).push_back('\0');
  const std::string output = TRY(git.run("read the attributes", call));
  std::set<std::string> paths;
  const std::vector<std::string_view> fields = split(output, '\0');  // path, attribute, value, ...
  for (std::size_t at = 0; at + 2 < fields.size(); at += 3) {
    if (fields[at + 2] != "unspecified" && fields[at + 2] != "unset") {
      paths.emplace(fields[at]);
    }
  }
  return paths;
}

bool converts_line_ends(const GitSettings& settings) {
  return settings.find("core.autocrlf") == "input" || settings.is_true("core.autocrlf");
}

// Makes git read those files again whose entries in the user's index do not say what their
// bytes are, or that git was told to take for unchanged.
Result<void> forget_doubtful_entries(const Git& user, const Git& shadow,
                                     const GitSettings& settings) {
  const std::string output =
      TRY(shadow.run("list the index", {.arguments = {"ls-files", "-v", "-s", "-z"}}));
  const std::vector<IndexEntry> entries = read_entries(output);
  const std::set<std::string> converted = TRY(converted_paths(user, entries));
  GitCall call{.arguments = {"update-index", "-z", "--index-info"}};
  for (const IndexEntry& entry : entries) {
    const bool is_checked_out = entry.tag != 'S' && entry.tag != 's';
    const bool is_hidden = entry.tag >= 'a' && entry.tag <= 'z';
    const bool is_submodule = entry.text.starts_with("160000 ");
    if (!is_checked_out || is_submodule) continue;
    if (is_hidden || converts_line_ends(settings) || converted.count(std::string(entry.path)) > 0) {
      call.input.append(entry.text).push_back('\0');
    }
  }
  if (call.input.empty()) return {};
  TRY(shadow.run("prepare the index", call));
  return {};
}

bool is_file_or_link(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 &&
         (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode));
}

Result<void> update_index(const Git& git, const std::string& option, const std::string& paths) {
  if (paths.empty()) return {};
  GitCall call{.arguments = {"update-index", "--add", "--remove", "--replace"}, .input = paths};
  if (!option.empty()) call.arguments.push_back(option);
  call.arguments.insert(call.arguments.end(), {"-z", "--stdin"});
  TRY(git.run("read the changed files", call));
  return {};
}

}  // namespace

Result<ShadowIndex> ShadowIndex::create(const Git& git, const Places& places,
                                        const std::string& head) {
  const GitSettings settings = TRY(git.settings());
  TemporaryDirectory directory = TRY(TemporaryDirectory::create());
  TRY(lay_out(directory.path(), places, settings, head));
  Git shadow_git = git.with({{"GIT_DIR", directory.path()},
                             {"GIT_OBJECT_DIRECTORY", places.common_dir + "/objects"},
                             // Its lock is on our own index: what was looked at is remembered.
                             {"GIT_OPTIONAL_LOCKS", "1"}});
  // With its time: git tells by it which entries were written too early to be sure of a file.
  if (TRY(copy_with_times(places.git_dir + "/index", directory / "index"))) {
    TRY(forget_doubtful_entries(git, shadow_git, settings));
  }
  ShadowIndex shadow(std::move(directory), std::move(shadow_git));
  shadow.root_ = places.root;
  return shadow;
}

Result<std::string> ShadowIndex::write_tree() {
  const StatusReport report = TRY(
      parse_status(TRY(git_.run("look at the working tree", {.arguments = status_arguments()}))));
  // Apart, and first: what is gone may have become a directory, or lie behind a link.
  std::string gone;
  std::string changed;
  for (const Change& change : report.changes) {
    if (!change.unstaged && change.kind != ChangeKind::Unmerged) continue;
    const bool is_gone =
        change.kind == ChangeKind::Deleted || !is_file_or_link(root_ + "/" + change.path);
    (is_gone ? gone : changed).append(change.path).push_back('\0');
  }
  if (gone.empty() && changed.empty() && !tree_.empty()) return tree_;
  tree_.clear();
  TRY(update_index(git_, "--force-remove", gone));
  TRY(update_index(git_, "", changed));
  tree_ = std::string(
      trim(TRY(git_.run("write the working tree", {.arguments = {"write-tree", "--missing-ok"}}))));
  return tree_;
}

Result<void> ShadowIndex::check_out(const std::string& tree,
                                    const std::vector<std::string>& paths) const {
  if (paths.empty()) return {};
  const Git git = git_.with({{"GIT_INDEX_FILE", directory_ / "check-out"}});
  TRY(git.run("read the snapshot", {.arguments = {"read-tree", tree}}));
  GitCall call{.arguments = {"checkout-index", "-f", "-z", "--stdin"}};
  for (const std::string& path : paths) call.input.append(path).push_back('\0');
  TRY(git.run("write the files", call));
  return {};
}

}  // namespace temper::agent
