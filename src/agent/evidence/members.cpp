#include "agent/evidence/members.h"

#include <algorithm>
#include <cstddef>

#include "agent/evidence/definitions.h"
#include "agent/evidence/language.h"
#include "agent/evidence/scan.h"
#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMembers = 100;

std::string_view first_name(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_name_byte(text[end])) ++end;
  return text.substr(0, end);
}

// The member that a line in the body of a type declares, "" where it declares none.
std::string_view member_on(std::string_view line, Language language) {
  if (line.size() > 400) return {};
  const std::string_view text = trim(line);
  for (std::string_view word : {"def ", "async def ", "fn ", "pub fn ", "pub async fn "}) {
    if (text.starts_with(word)) return first_name(text.substr(word.size()));
  }
  const std::size_t self = text.find("self.");
  if (language == Language::Python && self == 0) {
    const std::string_view name = first_name(text.substr(5));
    const std::string_view behind = trim(text.substr(5 + name.size()));
    const bool assigns = behind.starts_with("=") && !behind.starts_with("==");
    return assigns || behind.starts_with(": ") ? name : std::string_view();
  }
  if (language == Language::Script || language == Language::Rust) {
    for (std::string_view word : split(text, ' ')) {
      const std::string_view name = first_name(word);
      if (!name.empty() &&
          !defining_lines(line, name, language == Language::Rust ? "a.rs" : "a.ts").empty()) {
        return name;
      }
    }
  }
  return {};
}

// "Rename" of "func (p *Post) Rename(to string)".
std::string_view method_of_go(std::string_view line, std::string_view type) {
  if (!take(line, "func (")) return {};
  const std::size_t end = line.find(')');
  if (end == line.npos || find_word(line.substr(0, end), type) == line.npos) return {};
  return first_name(trim(line.substr(end + 1)));
}

bool opens_body(std::string_view line, std::string_view type, Language language) {
  if (find_word(line, type) == line.npos) return false;
  if (language == Language::Rust && trim(line).starts_with("impl")) return true;
  return !defining_lines(line, type,
                         language == Language::Python   ? "a.py"
                         : language == Language::Script ? "a.ts"
                                                        : "a.rs")
              .empty();
}

}  // namespace

std::vector<std::string> members_defined(std::string_view text, std::string_view type,
                                         std::string_view path) {
  std::vector<std::string> members;
  const Language language = language_of(path);
  const auto add = [&](std::string_view name) {
    if (name.empty() || is_digit(name.front()) || members.size() == kMembers) return;
    if (std::find(members.begin(), members.end(), name) == members.end())
      members.emplace_back(name);
  };
  bool is_inside = false;
  std::size_t margin = 0;
  for (std::string_view line : lines_of(text)) {
    if (language == Language::Go) {
      add(method_of_go(line, type));
      continue;
    }
    if (trim(line).empty()) continue;
    if (is_inside && indent_of(line) <= margin) is_inside = false;
    if (is_inside) add(member_on(line, language));
    if (!is_inside && language != Language::C && opens_body(line, type, language)) {
      is_inside = true;
      margin = indent_of(line);
    }
  }
  return members;
}

}  // namespace temper::agent
