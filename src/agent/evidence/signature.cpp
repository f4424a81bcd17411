#include "agent/evidence/signature.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <vector>

#include "agent/evidence/output_lines.h"
#include "agent/evidence/places.h"
#include "agent/evidence/scan.h"
#include "agent/evidence/source_tree.h"
#include "base/ascii.h"
#include "base/format.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMostLines = 60;
constexpr std::size_t kLastLines = 12;  // where no line looks like an error
constexpr std::size_t kLineBytes = 240;
constexpr std::size_t kHashDigits = 16;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// A test that went well, a warning, a hint where to read more.
bool says_nothing(std::string_view line) {
  static constexpr auto kEnds =
      std::to_array<std::string_view>({" ok", " PASSED", " passed", "... ok", ": OK"});
  static constexpr auto kBeginnings = std::to_array<std::string_view>(
      {"ok ", "PASS", "--- PASS", "✓", "note:", "help:", "For more information",
       "warning:", "npm error A complete log", "npm ERR! A complete log", "npm notice",
       "Compiling ", "Checking ", "Finished "});
  const auto ends = [&](std::string_view end) { return line.ends_with(end); };
  const auto begins = [&](std::string_view beginning) { return line.starts_with(beginning); };
  return std::any_of(kEnds.begin(), kEnds.end(), ends) ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(), begins) ||
         contains(line, ": warning: ") || contains(line, ": note: ");
}

bool compares_values(std::string_view line) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"assert", "Assert", "xpected", "eceived", " got ", "got:", " want",
       "want:", "left:", "right:", " != ", " !== ", "actual"});
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return contains(line, word); });
}

bool looks_like_error(std::string_view line) {
  static constexpr auto kWords = std::to_array<std::string_view>({"rror",
                                                                  "ERR",
                                                                  "FAIL",
                                                                  "ail:",
                                                                  "ailed",
                                                                  "ailure",
                                                                  "atal",
                                                                  "anic",
                                                                  "xception",
                                                                  "ndefined",
                                                                  "annot ",
                                                                  "can't",
                                                                  "Can't",
                                                                  "not found",
                                                                  "No such",
                                                                  "not defined",
                                                                  "nresolved",
                                                                  "issing",
                                                                  "nexpected",
                                                                  "nvalid",
                                                                  "enied",
                                                                  "imed out",
                                                                  "imeout",
                                                                  "egmentation fault",
                                                                  "Aborted",
                                                                  "Killed",
                                                                  "core dumped",
                                                                  "not a git repository",
                                                                  "No rule to make",
                                                                  "refused",
                                                                  "does not",
                                                                  "did not",
                                                                  "not supported",
                                                                  "FAILURES",
                                                                  "✕",
                                                                  "not ok",
                                                                  "nknown ",
                                                                  "nrecognized"});
  if (std::any_of(kWords.begin(), kWords.end(),
                  [&](std::string_view word) { return contains(line, word); })) {
    return true;
  }
  return compares_values(line) || line.starts_with("E  ") || python_frame(line) ||
         place_at_start(line);
}

// The last two names of an absolute path: where the tree was put says nothing.
std::string_view without_folders(std::string_view path) {
  const std::size_t last = path.rfind('/');
  const std::size_t before = last == 0 ? path.npos : path.rfind('/', last - 1);
  return before == path.npos ? path.substr(1) : path.substr(before + 1);
}

bool is_path_byte(char byte) {
  return is_name_byte(byte) || byte == '/' || byte == '.' || byte == '-' || byte == '+' ||
         byte == '@';
}

std::string with_short_paths(std::string_view line, std::string_view root) {
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    const bool begins = line[at] == '/' && (at == 0 || !is_path_byte(line[at - 1])) &&
                        at + 1 < line.size() && is_path_byte(line[at + 1]);
    if (!begins) {
      text += line[at++];
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && is_path_byte(line[end])) ++end;
    std::string_view path = line.substr(at, end - at);
    at = end;
    while (path.starts_with("//")) path.remove_prefix(1);
    if (!root.empty() && path.starts_with(root) && path.substr(root.size()).starts_with("/")) {
      text += path.substr(root.size() + 1);
    } else {
      text += without_folders(path);
    }
  }
  return text;
}

// "tmpab12_3", "tmp.Xy12", "a3f9c01be2": what is made up anew each time.
bool is_made_up(std::string_view word) {
  if (word.starts_with("tmp") && word.size() >= 8) {
    return std::all_of(word.begin(), word.end(), is_name_byte);
  }
  if (word.size() < 7) return false;
  const bool hex = std::all_of(word.begin(), word.end(),
                               [](char byte) { return is_hex_digit(byte) && !is_upper(byte); });
  return hex && std::any_of(word.begin(), word.end(), is_digit);
}

bool is_small_number(std::string_view word) {
  return word.size() <= 6 && std::all_of(word.begin(), word.end(), is_digit);
}

// Numbers, times and addresses become "#". Where `keep_numbers` says so small ones stay, but for
// those of a place ("a.c:3:5", "line 3").
std::string without_numbers(std::string_view line, bool keep_numbers) {
  std::string text;
  for (std::size_t at = 0; at < line.size();) {
    if (!is_name_byte(line[at])) {
      text += line[at++];
      continue;
    }
    std::size_t end = at;
    const bool is_number = is_digit(line[at]);
    while (end < line.size()) {
      const bool joins = is_number && end + 1 < line.size() && is_digit(line[end + 1]) &&
                         (line[end] == '.' || line[end] == ',' || line[end] == ':');
      if (!is_name_byte(line[end]) && !joins) break;
      ++end;
    }
    const std::string_view word = line.substr(at, end - at);
    const bool of_place = text.ends_with(":") || text.ends_with("line ");
    if (word == "tmp" && end < line.size() && line[end] == '.') {  // mktemp: tmp.Xy12
      std::size_t behind = end + 1;
      while (behind < line.size() && is_name_byte(line[behind])) ++behind;
      text += behind - end > 6 ? "#" : line.substr(at, behind - at);
      end = behind;
    } else if (is_number) {
      text += keep_numbers && !of_place && is_small_number(word) ? word : "#";
    } else {
      text += is_made_up(word) ? "#" : word;
    }
    at = end;
  }
  return text;
}

std::string one_space(std::string_view line) {
  std::string text;
  for (char byte : trim(line)) {
    const bool is_space = byte == ' ' || byte == '\t';
    if (is_space && text.ends_with(' ')) continue;
    text += is_space ? ' ' : byte;
  }
  return text;
}

std::string normalised(std::string_view line, std::string_view root) {
  const std::string plain = one_space(with_short_paths(line, root));
  return std::string(truncate_bytes(without_numbers(plain, compares_values(plain)), kLineBytes));
}

}  // namespace

FailureSignature failure_signature(std::string_view output, int exit_code, std::string_view root) {
  while (root.ends_with('/')) root.remove_suffix(1);
  std::vector<std::string> all;
  std::vector<std::string> telling;
  std::set<std::string> seen;
  std::size_t quoted_from = std::string::npos;  // lines indented so far quote code of a traceback
  const std::vector<std::string> lines = output_lines(output);
  for (std::size_t number = 0; number < lines.size(); ++number) {
    const std::string& line = lines[number];
    const std::string_view text = trim(line);
    const bool is_marked = number + 1 < lines.size() && is_marks(lines[number + 1]);
    if (is_marked || is_marks(line) || is_quoted_code(line)) continue;
    if (text.empty() || indent_of(line) >= quoted_from) continue;
    quoted_from = python_frame(line) ? indent_of(line) + 1 : std::string::npos;
    std::string plain = normalised(line, root);
    if (looks_like_error(line) && !says_nothing(text) && telling.size() < kMostLines &&
        seen.insert(plain).second) {
      telling.push_back(plain);
    }
    all.push_back(std::move(plain));
  }
  if (telling.empty()) {
    telling.assign(all.end() - static_cast<std::ptrdiff_t>(std::min(all.size(), kLastLines)),
                   all.end());
  }
  FailureSignature signature{format("exit {}", exit_code), ""};
  for (const std::string& line : telling) signature.text += "\n" + line;
  signature.hash = to_hex(sha256(signature.text)).substr(0, kHashDigits);
  return signature;
}

}  // namespace temper::agent
