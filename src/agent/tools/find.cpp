#include "agent/tools/find.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>

#include "agent/tools/glob.h"
#include "agent/tools/workspace.h"
#include "base/text.h"

namespace temper::agent {
namespace {

// Smaller is nearer.
std::optional<int> distance(std::string_view path, std::string_view part) {
  const std::string_view name = last_name_of(path);
  if (name == part || path == part) return 0;
  if (name.starts_with(part)) return 1;
  if (name.find(part) != name.npos) return 2;
  if (path.find(part) != path.npos) return 3;
  return std::nullopt;
}

std::vector<Glob> globs_of(std::string_view pattern) {
  std::vector<Glob> globs;
  if (!has_wildcard(pattern) && pattern.find('{') == pattern.npos) return globs;
  for (const std::string& one : expand_braces(pattern)) globs.emplace_back("**/" + one);
  return globs;
}

}  // namespace

std::vector<std::string> find_paths(const std::vector<std::string>& paths,
                                    std::string_view pattern) {
  std::string wanted = to_lower_ascii(trim(pattern));
  while (wanted.starts_with("./")) wanted.erase(0, 2);
  while (wanted.ends_with('/')) wanted.pop_back();
  const std::vector<Glob> globs = globs_of(wanted);
  const auto distance_of = [&](std::string_view path) -> std::optional<int> {
    if (globs.empty()) return distance(path, wanted);
    const bool fits =
        std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(path); });
    return fits ? std::optional(0) : std::nullopt;
  };

  struct Found {
    int distance = 0;
    std::ptrdiff_t depth = 0;
    std::string path;
  };
  std::vector<Found> found;
  for (const std::string& path : paths) {
    std::string plain = to_lower_ascii(path);
    if (plain.ends_with('/')) plain.pop_back();
    const std::optional<int> near = distance_of(plain);
    if (near) found.push_back({*near, std::ranges::count(plain, '/'), path});
  }
  std::ranges::sort(found, {}, [](const Found& one) {
    return std::tuple(one.distance, one.depth, std::string_view(one.path));
  });
  std::vector<std::string> nearest;
  nearest.reserve(found.size());
  for (Found& one : found) nearest.push_back(std::move(one.path));
  return nearest;
}

}  // namespace temper::agent
