#include "agent/evidence/places.h"

#include <algorithm>
#include <cstddef>

#include "agent/evidence/scan.h"
#include "agent/evidence/source_tree.h"
#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

bool is_path(std::string_view text) {
  if (text.empty() || text.size() > 400) return false;
  if (text.find_first_of(" \t\"'<>|*?=,;") != text.npos) return false;
  if (text.starts_with("node:") || text.find("://") != text.npos) return false;
  if (name_of(text) == "Makefile") return true;
  const std::string_view ending = ending_of(text);
  return ending.size() > 1 && std::any_of(ending.begin(), ending.end(), [](char byte) {
           return is_lower(byte) || is_upper(byte);
         });
}

std::string_view without_scheme(std::string_view path) {
  take(path, "file://");
  return path;
}

// "a.ts(3,5): x"
std::optional<PlacedLine> place_in_brackets(std::string_view line) {
  const std::size_t open = line.find('(');
  if (open == line.npos || !is_path(line.substr(0, open))) return std::nullopt;
  std::string_view rest = line.substr(open + 1);
  const std::optional<std::size_t> number = take_number(rest);
  if (!number || !take(rest, ",") || !take_number(rest) || !take(rest, ")")) return std::nullopt;
  take(rest, ":");
  return PlacedLine{{std::string(line.substr(0, open)), *number}, trim(rest)};
}

}  // namespace

std::optional<PlacedLine> place_at_start(std::string_view line) {
  line = trim(line);
  take(line, "vet: ");
  take(line, "file://");
  if (std::optional<PlacedLine> placed = place_in_brackets(line)) return placed;
  for (std::size_t colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
    const std::string_view path = line.substr(0, colon);
    if (path.find(' ') != path.npos) return std::nullopt;
    if (!is_path(path)) continue;
    std::string_view rest = line.substr(colon + 1);
    if (rest.starts_with("(.text")) {
      const std::size_t end = rest.find("):");
      if (end == rest.npos) return std::nullopt;
      return PlacedLine{{std::string(path), 0}, trim(rest.substr(end + 2))};
    }
    const std::optional<std::size_t> number = take_number(rest);
    if (!number) continue;
    std::string_view behind = rest;
    if (take(behind, ":") && take_number(behind)) rest = behind;
    if (!rest.empty() && rest.front() != ':' && rest.front() != ' ') return std::nullopt;
    take(rest, ":");
    rest = trim(rest);
    take(rest, "- ");
    return PlacedLine{{std::string(path), *number}, rest};
  }
  return std::nullopt;
}

std::optional<Frame> python_frame(std::string_view line) {
  line = trim(line);
  if (!take(line, "File \"")) return std::nullopt;
  const std::size_t quote = line.find('"');
  if (quote == line.npos || quote == 0) return std::nullopt;
  Frame frame{std::string(line.substr(0, quote))};
  line.remove_prefix(quote + 1);
  if (!take(line, ", line ")) return std::nullopt;
  const std::optional<std::size_t> number = take_number(line);
  if (!number) return std::nullopt;
  frame.line = *number;
  if (take(line, ", in ")) frame.function = trim(line);
  return frame;
}

std::optional<Frame> stack_frame(std::string_view line) {
  const bool is_indented = indent_of(line) > 0;
  line = trim(line);
  std::string_view function;
  if (take(line, "at ")) {
    const std::size_t open = line.rfind('(');
    if (open != line.npos && line.ends_with(')')) {
      function = trim(line.substr(0, open));
      line = line.substr(open + 1, line.size() - open - 2);
    }
  } else if (take(line, "--> ") || take(line, "- ")) {
    line = trim(line);
  } else if (!is_indented) {
    return std::nullopt;
  }
  take(function, "async ");
  std::optional<PlacedLine> placed = place_at_start(line);
  if (!placed) {
    line = without_scheme(line);
    if (function.empty() && line.starts_with('/') && is_path(line)) return Frame{std::string(line)};
    return std::nullopt;
  }
  placed->frame.function = function;
  return placed->frame;
}

bool is_quoted_code(std::string_view line) {
  line = trim(line);
  if (take(line, ">")) line = trim(line);
  take_number(line);
  return trim(line).starts_with("|");
}

bool is_marks(std::string_view line) {
  line = trim(line);
  return line.find_first_of("^~") != line.npos && line.find_first_not_of("^~- ") == line.npos;
}

}  // namespace temper::agent
