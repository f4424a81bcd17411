#include "agent/tools/listing.h"

#include <algorithm>
#include <utility>

#include "agent/tools/gitignore.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxIgnoreBytes = 1 << 20;
constexpr std::size_t kMaxDepth = 128;

class Walk {
 public:
  Walk(const Workspace& workspace, const StopToken& stop, std::size_t max_files)
      : workspace_(workspace), stop_(stop), max_files_(max_files) {}

  // The rules of a directory and of those above it, the root's first.
  void push_rules_down_to(const std::string& directory) {
    if (directory == ".") {
      push_rules(".", ".git/info/exclude");
    } else {
      push_rules_down_to(std::string(directory_of(directory)));
    }
    push_rules(directory, join_path(directory, ".gitignore"));
  }

  // The rules of `directory` itself are in force already.
  Result<void> enter(const std::string& directory, const std::vector<Workspace::Name>& names,
                     std::size_t depth) {
    if (stop_.stop_requested()) return stopped_error("listing files");
    for (const Workspace::Name& name : names) {
      if (name.name == ".git") continue;
      std::string path = join_path(directory, name.name);
      if (stack_.ignores(path, name.is_directory)) continue;
      if (name.is_directory) {
        if (depth < kMaxDepth) TRY(enter_new(std::move(path), depth + 1));
      } else if (!name.is_link || leads_to_file(path)) {
        if (listing_.files.size() >= max_files_) {
          listing_.is_complete = false;
          return {};
        }
        listing_.files.push_back(std::move(path));
      }
    }
    return {};
  }

  Listing take() {
    std::ranges::sort(listing_.files);
    std::ranges::sort(listing_.directories);
    return std::move(listing_);
  }

 private:
  void push_rules(const std::string& directory, const std::string& file) {
    const Result<Workspace::File> rules = workspace_.read(file, kMaxIgnoreBytes);
    stack_.push(directory, IgnoreRules(rules ? rules->bytes : std::string_view()));
  }

  Result<void> enter_new(std::string directory, std::size_t depth) {
    const auto names = workspace_.list(directory);
    if (!names) return {};
    const bool has_rules =
        std::ranges::find(*names, ".gitignore", &Workspace::Name::name) != names->end();
    if (has_rules) push_rules(directory, join_path(directory, ".gitignore"));
    TRY(enter(directory, *names, depth));
    if (has_rules) stack_.pop();
    listing_.directories.push_back(std::move(directory));
    return {};
  }

  bool leads_to_file(const std::string& path) const {
    const Result<Workspace::Entry> entry = workspace_.look(path);
    return entry && entry->kind == Workspace::Kind::File;
  }

  const Workspace& workspace_;
  const StopToken& stop_;
  std::size_t max_files_;
  IgnoreStack stack_;
  Listing listing_;
};

}  // namespace

Result<Listing> list_files(const Workspace& workspace, std::string_view under,
                           const StopToken& stop, std::size_t max_files) {
  const std::string directory = TRY(workspace.plain(under));
  const std::vector<Workspace::Name> names = TRY(workspace.list(directory));
  Walk walk(workspace, stop, max_files);
  walk.push_rules_down_to(directory);
  TRY(walk.enter(directory, names, 0));
  return walk.take();
}

}  // namespace temper::agent
