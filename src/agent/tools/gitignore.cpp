#include "agent/tools/gitignore.h"

#include <algorithm>
#include <utility>

namespace temper::agent {
namespace {

// Spaces at the end go, but for one that a backslash stands before.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;  // of what stays
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
      end = at + 1;
    } else if (line[at] != ' ') {
      end = at + 1;
    }
  }
  return line.substr(0, end);
}

std::size_t literal_bytes(std::string_view pattern) {
  return std::min(pattern.find_first_of("*?[\\"), pattern.size());
}

}  // namespace

IgnoreRules::Rule::Rule(std::string_view pattern) : rest("") {
  if (pattern.starts_with('!')) {
    keeps = true;
    pattern.remove_prefix(1);
  }
  if (pattern.ends_with('/')) {
    is_for_directories = true;
    pattern.remove_suffix(1);
  }
  is_for_names = pattern.find('/') == pattern.npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  literal = pattern.substr(0, literal_bytes(pattern));
  has_rest = literal.size() < pattern.size();
  // For git the pattern begins anew here: stars behind "foo" may be whole directories.
  rest = Glob(pattern.substr(literal.size()),
              is_for_names ? Glob::Slashes::Ordinary : Glob::Slashes::Separate);
}

bool IgnoreRules::Rule::matches(std::string_view path, bool is_directory) const {
  if (is_for_directories && !is_directory) return false;
  if (is_for_names) path.remove_prefix(path.rfind('/') + 1);
  if (!path.starts_with(literal)) return false;
  path.remove_prefix(literal.size());
  return has_rest ? rest.matches(path) : path.empty();
}

IgnoreRules::IgnoreRules(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // A line that is cut at a NUL is what git sees.
    line = line.substr(0, line.find('\0'));
    if (line.empty() || line.starts_with('#')) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = without_trailing_spaces(line);
    if (!line.empty()) rules_.emplace_back(line);
  }
}

IgnoreVerdict IgnoreRules::verdict(std::string_view path, bool is_directory) const {
  // The last rule that speaks of it decides.
  const auto last = std::find_if(rules_.rbegin(), rules_.rend(), [&](const Rule& rule) {
    return rule.matches(path, is_directory);
  });
  if (last == rules_.rend()) return IgnoreVerdict::None;
  return last->keeps ? IgnoreVerdict::Kept : IgnoreVerdict::Ignored;
}

void IgnoreStack::push(std::string directory, IgnoreRules rules) {
  levels_.push_back({std::move(directory), std::move(rules)});
}

bool IgnoreStack::ignores(std::string_view path, bool is_directory) const {
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    const std::size_t above = level->directory == "." ? 0 : level->directory.size() + 1;
    const IgnoreVerdict verdict = level->rules.verdict(path.substr(above), is_directory);
    if (verdict != IgnoreVerdict::None) return verdict == IgnoreVerdict::Ignored;
  }
  return false;
}

}  // namespace temper::agent
