// A line defines a name when a word such as "def" or "struct" stands before it, or when it has
// the form in which its language declares without such a word. No grammar is read, so a local
// variable may pass for a definition; the order of the results puts such lines last.
#include "agent/evidence/definitions.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/scan.h"
#include "base/ascii.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kFilesRead = 600;
constexpr std::size_t kFileBytes = 256 * 1024;
constexpr std::size_t kFound = 6;
constexpr std::size_t kNames = 200;         // taken of one file
constexpr std::size_t kFilesForNames = 80;  // whose names are compared
constexpr std::size_t kColumns = 160;

// A line with a name in it: what stands before and behind.
struct Mention {
  std::string_view before;  // without white space at its end
  std::string_view behind;  // without white space at its start
  std::size_t indent;
  bool touches = false;  // nothing between the name and what is behind
};

std::string_view last_word(std::string_view text) {
  if (text.ends_with('!') || text.ends_with('*')) text.remove_suffix(1);
  return last_name(text);
}

bool has_defining_word(const Mention& mention, Language language) {
  static constexpr auto kAnywhere = std::to_array<std::string_view>(
      {"def", "class", "fn", "func", "function", "interface", "trait", "enum", "union", "module",
       "namespace", "macro_rules", "define", "fun", "sub", "proc", "record", "struct"});
  static constexpr auto kValues =
      std::to_array<std::string_view>({"const", "let", "var", "val", "type", "static", "mod"});
  const std::string_view word = last_word(mention.before);
  if (language == Language::C) {
    if (word == "struct" || word == "class" || word == "enum" || word == "union") {
      // Else the type is only used: "struct post *first(void);".
      return mention.behind.empty() || mention.behind.starts_with("{") ||
             mention.behind.starts_with(": ") || mention.behind.starts_with("final");
    }
    return word == "define" || word == "namespace";
  }
  return is_one_of(word, kAnywhere) || (language != Language::Python && is_one_of(word, kValues));
}

bool declares_in_python(const Mention& mention) {
  if (!mention.before.empty()) return false;
  const bool assigns = mention.behind.starts_with("=") && !mention.behind.starts_with("==");
  return assigns || (mention.behind.starts_with(":") && mention.touches);
}

// "static int f(", "int A::f(", "} name;" of a typedef, "typedef int name;", "f(" under its type.
bool declares_in_c(const Mention& mention) {
  static constexpr auto kStatements = std::to_array<std::string_view>(
      {"return", "else", "case", "goto", "throw", "new", "delete", "co_return", "co_await"});
  if (mention.behind.starts_with(";")) {
    return mention.before.starts_with("typedef ") || mention.before == "}";
  }
  if (!mention.behind.starts_with("(")) return false;
  if (mention.before.empty()) return mention.indent == 0 && !mention.behind.ends_with(';');
  if (mention.before.find_first_of("=(.;!?\"{+/|%") != mention.before.npos) return false;
  if (mention.before.ends_with("->") || mention.before.ends_with(",")) return false;
  const std::string_view first = mention.before.substr(0, mention.before.find_first_of(" \t"));
  return !is_one_of(first, kStatements) && !first.starts_with("#");
}

// "name(a) {" of a class, "name(a: T): U;" and "name: T" of an interface, "exports.name =".
bool declares_in_script(const Mention& mention) {
  static constexpr auto kModifiers = std::to_array<std::string_view>(
      {"async", "static", "get", "set", "public", "private", "protected", "readonly", "export",
       "declare", "abstract", "default"});
  if (mention.before.ends_with("exports.") || mention.before.ends_with("prototype.")) {
    return mention.behind.starts_with("=");
  }
  const std::string_view word = mention.before.substr(mention.before.rfind(' ') + 1);
  if (!mention.before.empty() && !is_one_of(word, kModifiers)) return false;
  if (mention.indent == 0) return false;
  if (mention.behind.starts_with("(")) {
    return mention.behind.ends_with('{') || mention.behind.find("):") != mention.behind.npos;
  }
  return mention.behind.starts_with(": ") || mention.behind.starts_with("?: ");
}

bool declares_in_go(const Mention& mention) {
  if (mention.before.starts_with("func (") && mention.before.ends_with(')')) {
    return mention.behind.starts_with("(") || mention.behind.starts_with("[");
  }
  // A method of an interface; a call alone on a line has no result behind it.
  return mention.before.empty() && mention.indent > 0 && mention.behind.starts_with("(") &&
         mention.touches && !mention.behind.ends_with(')') && !mention.behind.ends_with('{') &&
         !mention.behind.ends_with(',') && !mention.behind.ends_with('(');
}

bool declares_in_rust(const Mention& mention) {
  return (mention.before.empty() || mention.before == "pub") && mention.indent > 0 &&
         mention.behind.starts_with(": ") && mention.behind.ends_with(',');
}

bool defines(const Mention& mention, Language language) {
  if (has_defining_word(mention, language)) return true;
  switch (language) {
    case Language::Python: return declares_in_python(mention);
    case Language::C: return declares_in_c(mention);
    case Language::Script: return declares_in_script(mention);
    case Language::Go: return declares_in_go(mention);
    case Language::Rust: return declares_in_rust(mention);
    case Language::Shell: return mention.before.empty() && mention.behind.starts_with("()");
    case Language::Unknown: return false;
  }
  return false;
}

bool is_comment(std::string_view line) {
  line = trim(line);
  return line.starts_with("//") || line.starts_with("*") || line.starts_with("/*") ||
         (line.starts_with("#") && !line.starts_with("#define"));
}

bool defines_on_line(std::string_view line, std::string_view symbol, Language language) {
  for (std::size_t place = find_word(line, symbol); place != line.npos;
       place = find_word(line, symbol, place + 1)) {
    if (is_comment(line)) return false;
    const std::string_view behind = line.substr(place + symbol.size());
    const Mention mention{trim(line.substr(0, place)), trim(behind), indent_of(line),
                          !behind.empty() && behind.front() != ' '};
    if (defines(mention, language)) return true;
  }
  return false;
}

int balance_of(std::string_view line) {
  int balance = 0;
  for (char byte : line) {
    if (byte == '(' || byte == '[') ++balance;
    if (byte == ')' || byte == ']') --balance;
  }
  return balance;
}

bool opens_type(std::string_view line) {
  for (std::string_view word : {"struct", "class", "interface", "enum", "union", "trait", "type"}) {
    if (find_word(line, word) != line.npos) return true;
  }
  return false;
}

// Where a declaration that begins on `first` (from 0) ends: the line behind its last.
std::size_t end_of_declaration(const std::vector<std::string_view>& lines, std::size_t first,
                               Language language) {
  const std::size_t most = std::min(lines.size(), first + kSignatureLines);
  int balance = 0;
  std::size_t end = first;
  while (end < most) {
    balance += balance_of(lines[end++]);
    if (balance <= 0) break;
  }
  // What a type consists of belongs to it.
  const bool has_body = end > first && trim(lines[end - 1]).ends_with('{');
  if (has_body && opens_type(lines[first])) {
    const std::size_t indent = indent_of(lines[first]);
    while (end < most) {
      const std::string_view line = lines[end++];
      if (indent_of(line) <= indent && line.find('}') != line.npos) break;
    }
  }
  if (language == Language::Python && trim(lines[first]).starts_with("class ")) {
    for (std::size_t each = end; each < std::min(lines.size(), end + 60); ++each) {
      if (trim(lines[each]).starts_with("def __init__(")) {
        return std::min(each + 1, first + kSignatureLines);
      }
      if (!trim(lines[each]).empty() && indent_of(lines[each]) <= indent_of(lines[first])) break;
    }
  }
  return end;
}

std::string signature_at(const std::vector<std::string_view>& lines, std::size_t first,
                         Language language) {
  const std::size_t end = end_of_declaration(lines, first, language);
  std::vector<std::string> kept;
  for (std::size_t each = first; each < end; ++each) {
    kept.emplace_back(truncate_bytes(lines[each], kColumns));
  }
  return join(kept, "\n");
}

bool names(std::string_view path, std::string_view hint) {
  if (hint.empty()) return false;
  if (stem_of(path) == hint) return true;
  const std::vector<std::string_view> parts = split(path, '/');
  return is_one_of(hint, parts);
}

// What speaks for a file before it is read; smaller is better.
auto rank_of(std::string_view path, std::string_view near, std::string_view hint) {
  const std::size_t shared = shared_folders(path, near);
  return std::tuple(!names(path, hint), is_test_file(path), !is_declaration_file(path),
                    path != near, SIZE_MAX - shared);
}

std::vector<std::string> candidates(const SourceTree& tree, std::string_view near,
                                    std::string_view hint) {
  const Language wanted = language_of(near);
  std::vector<std::pair<decltype(rank_of("", "", "")), std::string>> ranked;
  for (const std::string& path : tree.paths()) {
    const Language language = language_of(path);
    if (language == Language::Unknown) continue;
    if (wanted != Language::Unknown && language != wanted) continue;
    ranked.emplace_back(rank_of(path, near, hint), path);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> files;
  for (auto& [rank, path] : ranked) {
    if (files.size() < kFilesRead) files.push_back(std::move(path));
  }
  return files;
}

}  // namespace

std::vector<std::size_t> defining_lines(std::string_view text, std::string_view symbol,
                                        std::string_view path) {
  std::vector<std::size_t> found;
  if (symbol.empty() || text.find(symbol) == text.npos) return found;
  const std::vector<std::string_view> lines = lines_of(text);
  const Language language = language_of(path);
  for (std::size_t each = 0; each < lines.size(); ++each) {
    if (lines[each].size() <= 4096 && defines_on_line(lines[each], symbol, language)) {
      found.push_back(each + 1);
    }
  }
  return found;
}

std::vector<std::string> names_defined(std::string_view text, std::string_view path) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  const Language language = language_of(path);
  for (std::string_view line : lines_of(text)) {
    if (line.empty() || indent_of(line) > 0 || line.size() > 400) continue;
    for (std::size_t at = 0; at < line.size() && names.size() < kNames;) {
      std::size_t end = at;
      while (end < line.size() && is_name_byte(line[end])) ++end;
      const std::string_view word = line.substr(at, end - at);
      at = std::max(end, at + 1);
      if (word.empty() || is_digit(word.front()) || !seen.insert(word).second) continue;
      if (defines_on_line(line, word, language)) names.emplace_back(word);
    }
  }
  return names;
}

std::string nearest_name(const SourceTree& tree, std::string_view symbol, std::string_view near) {
  std::vector<std::string> names;
  std::vector<std::string> files = candidates(tree, near, "");
  if (files.size() > kFilesForNames) files.resize(kFilesForNames);
  for (const std::string& path : files) {
    const std::optional<std::string> text = tree.read(path, kFileBytes);
    if (!text) continue;
    for (std::string& name : names_defined(*text, path)) {
      if (name != symbol) names.push_back(std::move(name));
    }
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(closest(symbol, views).value_or(""));
}

std::vector<Definition> find_definitions(const SourceTree& tree, std::string_view symbol,
                                         std::string_view near, std::string_view hint,
                                         const DefinitionSource* source) {
  if (symbol.empty() || symbol.size() > 200) return {};
  std::vector<std::pair<std::string, std::string>> mentioning;  // path and text
  for (const std::string& path : candidates(tree, near, hint)) {
    std::optional<std::string> text = tree.read(path, kFileBytes);
    if (text && find_word(*text, symbol) != text->npos) {
      mentioning.emplace_back(path, std::move(*text));
    }
  }
  std::vector<SymbolPlace> told;
  if (source != nullptr && !mentioning.empty()) {
    std::vector<std::string> files;
    files.reserve(mentioning.size());
    for (const auto& [path, text] : mentioning) files.push_back(path);
    told = source->find(symbol, files);
  }

  struct Ranked {
    bool nested;
    Definition definition;
  };
  std::vector<Ranked> found;
  for (const auto& [path, text] : mentioning) {
    std::vector<std::size_t> places;
    for (const SymbolPlace& place : told) {
      if (place.path == path) places.push_back(place.line);
    }
    if (told.empty()) places = defining_lines(text, symbol, path);
    const std::vector<std::string_view> lines = lines_of(text);
    for (std::size_t line : places) {
      if (line == 0 || line > lines.size() || found.size() >= 64) continue;
      const bool nested = indent_of(lines[line - 1]) > 0;
      found.push_back({nested, {path, line, signature_at(lines, line - 1, language_of(path))}});
    }
  }
  const auto rank = [&](const Ranked& ranked) {
    const Definition& each = ranked.definition;
    return std::tuple(!names(each.path, hint), is_test_file(each.path),
                      !is_declaration_file(each.path), ranked.nested,
                      SIZE_MAX - shared_folders(each.path, near));
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const Ranked& a, const Ranked& b) { return rank(a) < rank(b); });
  std::vector<Definition> definitions;
  for (Ranked& each : found) {
    if (definitions.size() < kFound) definitions.push_back(std::move(each.definition));
  }
  return definitions;
}

}  // namespace temper::agent
