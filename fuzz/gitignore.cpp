// Any rules and any path: patterns match what a plain reading of them matches, the last rule
// decides, and line ends do not matter.
//
// The input is a text of rules and a path, divided by the byte 0x1f.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/tools/gitignore.h"
#include "agent/tools/glob.h"
#include "base/verify.h"

namespace {

using namespace temper::agent;

bool is_plain(std::string_view path) {
  return !path.empty() && path.front() != '/' && path.back() != '/' &&
         path.find("//") == path.npos && path.find('\n') == path.npos &&
         path.find('\0') == path.npos && path.find('\r') == path.npos;
}

// By trying every way, which takes long for long patterns. Without brackets.
bool matches_slowly(std::string_view pattern, std::string_view text, bool at_part) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
    const std::string_view rest = pattern.substr(stars);
    const bool crosses =
        stars > 1 && at_part && (rest.empty() || rest.starts_with('/') || rest.starts_with("\\/"));
    if (crosses && rest.starts_with('/') && matches_slowly(rest.substr(1), text, true)) return true;
    for (std::size_t length = 0; length <= text.size(); ++length) {
      if (matches_slowly(rest, text.substr(length), false)) return true;
      if (length < text.size() && text[length] == '/' && !crosses) return false;
    }
    return false;
  }
  if (text.empty()) return false;
  if (pattern.front() == '?') {
    return text.front() != '/' && matches_slowly(pattern.substr(1), text.substr(1), false);
  }
  if (pattern.front() == '\\') pattern.remove_prefix(1);
  if (pattern.empty() || pattern.front() != text.front()) return false;
  return matches_slowly(pattern.substr(1), text.substr(1), pattern.front() == '/');
}

std::string escaped(std::string_view path) {
  std::string pattern;
  for (const char byte : path) {
    if (byte != '/') pattern += '\\';
    pattern += byte;
  }
  return pattern;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\x1f'), input.size());
  const std::string_view text = input.substr(0, end);
  const std::string_view path = input.substr(std::min(end + 1, input.size()));

  if (text.size() <= 12 && path.size() <= 16 && text.find('[') == text.npos) {
    VERIFY(Glob(text).matches(path) == matches_slowly(text, path, true), "a glob is what it says");
  }
  (void)Glob(text, Glob::Slashes::Ordinary).matches(path);
  if (!is_plain(path)) return 0;

  for (const bool is_directory : {false, true}) {
    const IgnoreVerdict verdict = IgnoreRules(text).verdict(path, is_directory);
    const std::string rules(text);
    if (rules.find('\r') == rules.npos && rules.find('\0') == rules.npos) {
      std::string with_returns;
      for (const char byte : rules) {
        if (byte == '\n') with_returns += '\r';
        with_returns += byte;
      }
      VERIFY(IgnoreRules(with_returns).verdict(path, is_directory) == verdict,
             "line ends are none");
    }
    const std::string rule = "/" + escaped(path);
    VERIFY(IgnoreRules(rules + "\n" + rule).verdict(path, is_directory) == IgnoreVerdict::Ignored,
           "the last rule decides");
    VERIFY(IgnoreRules(rules + "\n!" + rule).verdict(path, is_directory) == IgnoreVerdict::Kept,
           "also one that keeps");
  }
  return 0;
}
