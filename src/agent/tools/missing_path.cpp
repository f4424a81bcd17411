#include "agent/tools/missing_path.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxGuesses = 4;
constexpr std::size_t kMaxNames = 40;
constexpr std::size_t kMaxCompared = 1000;

// How many parts both paths have in common, wherever they stand.
std::size_t shared_parts(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> parts = split(a, '/');
  std::size_t shared = 0;
  for (const std::string_view part : split(b, '/')) {
    if (std::ranges::find(parts, part) != parts.end()) ++shared;
  }
  return shared;
}

std::vector<std::string_view> all_paths(const Listing& listing) {
  std::vector<std::string_view> paths(listing.files.begin(), listing.files.end());
  paths.insert(paths.end(), listing.directories.begin(), listing.directories.end());
  return paths;
}

std::vector<std::string_view> same_name(const std::vector<std::string_view>& paths,
                                        std::string_view plain) {
  const std::string name = to_lower_ascii(last_name_of(plain));
  std::vector<std::string_view> same;
  for (const std::string_view path : paths) {
    if (to_lower_ascii(last_name_of(path)) == name) same.push_back(path);
  }
  std::ranges::stable_sort(same, [&](std::string_view a, std::string_view b) {
    return shared_parts(a, plain) > shared_parts(b, plain);
  });
  if (same.size() > kMaxGuesses) same.resize(kMaxGuesses);
  return same;
}

std::optional<std::string_view> similar_path(const std::vector<std::string_view>& paths,
                                             std::string_view plain) {
  // A slip in the name alone is likelier than one anywhere in the path.
  std::vector<std::string_view> names;
  std::vector<std::string_view> neighbours;
  for (const std::string_view path : paths) {
    if (directory_of(path) != directory_of(plain)) continue;
    names.push_back(last_name_of(path));
    neighbours.push_back(path);
  }
  if (const auto nearest = closest(last_name_of(plain), names)) {
    return neighbours[static_cast<std::size_t>(std::ranges::find(names, *nearest) - names.begin())];
  }
  // Else somewhere in the path, but the name must be alike too.
  std::vector<std::string_view> alike;
  for (const std::string_view path : paths) {
    const std::string_view name = last_name_of(path);
    if (alike.size() < kMaxCompared && closest(last_name_of(plain), {&name, 1}))
      alike.push_back(path);
  }
  return closest(plain, alike);
}

std::string listing_of(const Workspace& workspace, std::string_view directory) {
  const auto names = workspace.list(directory);
  if (!names) return "";
  std::vector<std::string> shown;
  for (const Workspace::Name& name : *names) {
    if (name.name == ".git") continue;
    if (shown.size() == kMaxNames) {
      shown.push_back(format("... ({} in all)", names->size()));
      break;
    }
    shown.push_back(name.name + (name.is_directory ? "/" : ""));
  }
  const std::string where = directory == "." ? "The workspace" : format("{}/", directory);
  return format(" {} holds: {}", where, shown.empty() ? "nothing" : join(shown, " "));
}

}  // namespace

std::string explain_missing(const Workspace& workspace, const Listing& listing,
                            std::string_view plain) {
  const std::vector<std::string_view> paths = all_paths(listing);
  std::vector<std::string_view> guesses = same_name(paths, plain);
  if (guesses.empty()) {
    if (const auto similar = similar_path(paths, plain)) guesses.push_back(*similar);
  }
  std::string explained;
  if (!guesses.empty()) explained = format(" Did you mean {}?", join(guesses, " or "));

  std::string_view directory = directory_of(plain);
  while (directory != ".") {
    const auto entry = workspace.look(directory);
    if (entry && entry->kind == Workspace::Kind::Directory) break;
    directory = directory_of(directory);
  }
  return explained + listing_of(workspace, directory);
}

}  // namespace temper::agent
