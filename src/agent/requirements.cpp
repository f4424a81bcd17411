#include "agent/requirements.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMostItems = 100;

// The text of a line that begins with "-", "*", "+" or "1."; empty where it is none.
std::string_view item_of(std::string_view line) {
  line = trim(line);
  if (line.size() < 3) return {};
  const bool is_bullet = (line[0] == '-' || line[0] == '*' || line[0] == '+') && line[1] == ' ';
  if (is_bullet) return trim(line.substr(2));
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  const bool is_number = digits > 0 && digits + 1 < line.size() &&
                         (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
  return is_number ? trim(line.substr(digits + 2)) : std::string_view{};
}

bool is_path_byte(char byte) {
  return is_alnum(byte) || std::string_view("/._-+@").find(byte) != std::string_view::npos;
}

// "src/a.c", "setup.py": relative, with a name that ends like a file's. No URL, no "e.g.".
bool looks_like_file(std::string_view word) {
  if (word.empty() || word.front() == '/' || word.front() == '-' || word.find("//") != word.npos) {
    return false;
  }
  const std::size_t slash = word.rfind('/');
  const std::string_view name = slash == word.npos ? word : word.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || name.size() - dot < 2 || name.size() - dot > 6) return false;
  const std::string_view ending = name.substr(dot + 1);
  if (!std::all_of(ending.begin(), ending.end(), is_alnum) || is_digit(ending.front()))
    return false;
  // A word with a dot and no folder may be anything: "os.path", "e.g".
  return slash != word.npos;
}

std::vector<std::string> paths_in(std::string_view text) {
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_path_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_path_byte(text[end])) ++end;
    std::string_view word = text.substr(at, end - at);
    const bool is_url = at >= 3 && text.substr(at - 1, 1) == ":";
    at = end;
    while (word.starts_with("./")) word.remove_prefix(2);
    while (word.ends_with('.')) word.remove_suffix(1);
    if (!is_url && looks_like_file(word)) paths.emplace_back(word);
  }
  return paths;
}

bool is_optional(std::string_view text) {
  return contains_any(to_lower_ascii(text), {"if possible", "if that is possible", "optional",
                                             "nice to have", "if you can", "if time"});
}

// Of a path that is not to be there afterwards.
bool removes(std::string_view text) {
  return contains_any(to_lower_ascii(text),
                      {"delete", "remove", "rename", "move ", "drop ", "get rid"});
}

Requirement requirement(std::string_view text) {
  Requirement made{std::string(text), is_optional(text), {}};
  if (!removes(text)) made.paths = paths_in(text);
  return made;
}

}  // namespace

std::vector<Requirement> requirements_of(std::string_view task) {
  std::vector<Requirement> all;
  for (const std::string_view line : split(task, '\n')) {
    const std::string_view item = item_of(line);
    if (!item.empty() && all.size() < kMostItems) all.push_back(requirement(item));
  }
  if (all.empty() && !trim(task).empty()) all.push_back(requirement(trim(task)));
  return all;
}

std::vector<std::string> missing_paths(const std::vector<Requirement>& requirements,
                                       const std::function<bool(const std::string&)>& exists) {
  std::vector<std::string> missing;
  for (const Requirement& one : requirements) {
    if (one.optional) continue;
    for (const std::string& path : one.paths) {
      const bool known = std::find(missing.begin(), missing.end(), path) != missing.end();
      if (!known && !exists(path)) missing.push_back(path);
    }
  }
  return missing;
}

}  // namespace temper::agent
