#include "agent/tools/glob.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxExpanded = 64;

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
bool is_printed(char byte) { return byte >= 0x20 && byte < 0x7f; }

// Is the byte of the class "alpha", "digit", ...? None where there is no such class.
std::optional<bool> is_of_class(std::string_view name, char byte) {
  const bool letter = is_lower(byte) || is_upper(byte);
  if (name == "alnum") return is_alnum(byte);
  if (name == "alpha") return letter;
  if (name == "blank") return byte == ' ' || byte == '\t';
  if (name == "cntrl") return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
  if (name == "digit") return is_digit(byte);
  if (name == "graph") return is_printed(byte) && byte != ' ';
  if (name == "lower") return is_lower(byte);
  if (name == "print") return is_printed(byte);
  if (name == "punct") return is_printed(byte) && byte != ' ' && !is_alnum(byte);
  if (name == "space") return is_space(byte);
  if (name == "upper") return is_upper(byte);
  if (name == "xdigit") return is_hex_digit(byte);
  return std::nullopt;
}

std::uint8_t as_byte(char character) { return static_cast<std::uint8_t>(character); }

}  // namespace

Glob::Glob(std::string_view pattern, Slashes slashes) : slashes_(slashes) {
  for (std::size_t at = 0; at < pattern.size();) {
    const char character = pattern[at];
    if (character == '*') {
      at = read_stars(pattern, at);
    } else if (character == '[') {
      at = read_set(pattern, at + 1);
    } else if (character == '?') {
      std::bitset<256> all;
      add_set(all.set());
      ++at;
    } else if (character == '\\') {
      const bool is_last = at + 1 == pattern.size();
      tokens_.push_back(is_last ? Token{Step::Never} : Token{Step::Byte, as_byte(pattern[at + 1])});
      at += 2;
    } else {
      tokens_.push_back({Step::Byte, as_byte(character)});
      ++at;
    }
  }
}

void Glob::add_set(const std::bitset<256>& set) {
  tokens_.push_back({Step::One, 0, static_cast<std::uint32_t>(sets_.size())});
  sets_.push_back(set);
  if (slashes_ == Slashes::Separate) sets_.back().reset('/');
}

// Two stars mean directories only where they are a whole part of the path.
std::size_t Glob::read_stars(std::string_view pattern, std::size_t at) {
  const std::size_t begin = at;
  while (at < pattern.size() && pattern[at] == '*') ++at;
  const std::string_view rest = pattern.substr(at);
  const bool is_part = at - begin >= 2 && (begin == 0 || pattern[begin - 1] == '/') &&
                       (rest.empty() || rest.starts_with('/') || rest.starts_with("\\/"));
  const bool is_ordinary = slashes_ == Slashes::Ordinary;
  if (is_part && !is_ordinary && rest.starts_with('/')) {
    tokens_.push_back({Step::Directories});
    return at + 1;
  }
  tokens_.push_back({is_part || is_ordinary ? Step::Anything : Step::Some});
  return at;
}

// `at` is behind the bracket. What the rules are is what git's wildmatch does, quirks
// included: a first "]" is a member, a class can not begin a range.
std::size_t Glob::read_set(std::string_view pattern, std::size_t at) {
  std::bitset<256> set;
  const auto peek = [&](std::size_t place) {
    return place < pattern.size() ? pattern[place] : '\0';
  };
  const auto never = [&] {
    tokens_.push_back({Step::Never});
    return pattern.size();
  };
  const bool negated = peek(at) == '!' || peek(at) == '^';
  if (negated) ++at;
  std::optional<std::uint8_t> previous;  // what a range may begin with
  for (bool first = true; first || peek(at) != ']'; first = false, ++at) {
    if (at >= pattern.size()) return never();
    if (pattern[at] == '-' && previous && at + 1 < pattern.size() && pattern[at + 1] != ']') {
      ++at;
      if (pattern[at] == '\\' && ++at >= pattern.size()) return never();
      for (std::size_t byte = *previous; byte <= as_byte(pattern[at]); ++byte) set.set(byte);
      previous.reset();
      continue;
    }
    if (pattern[at] == '[' && peek(at + 1) == ':') {
      const std::size_t end = pattern.find(']', at + 2);
      if (end == pattern.npos) return never();
      if (end > at + 2 && pattern[end - 1] == ':') {
        const std::string_view name = pattern.substr(at + 2, end - at - 3);
        for (std::size_t byte = 0; byte < 256; ++byte) {
          const std::optional<bool> is_member = is_of_class(name, static_cast<char>(byte));
          if (!is_member) return never();
          if (*is_member) set.set(byte);
        }
        at = end;
        previous.reset();
        continue;
      }
    } else if (pattern[at] == '\\' && ++at >= pattern.size()) {
      return never();
    }
    previous = as_byte(pattern[at]);
    set.set(*previous);
  }
  add_set(negated ? ~set : set);
  return at + 1;
}

bool Glob::accepts(const Token& token, std::uint8_t byte) const {
  switch (token.step) {
    case Step::Byte: return token.byte == byte;
    case Step::One: return sets_[token.set][byte];
    case Step::Some: return byte != '/';
    case Step::Anything:
    case Step::Directories: return true;
    case Step::Never: return false;
  }
  return false;
}

// All places in the pattern where the text so far can have led, at once. Place i is before
// token i; what repeats stays at its place, and `inside` says where directories have begun
// and need their slash.
bool Glob::matches(std::string_view text) const {
  const std::size_t size = tokens_.size();
  std::vector<char> here(size + 1, 0);
  std::vector<char> next(size + 1, 0);
  std::vector<char> inside(size + 1, 0);
  const auto skip_empty = [&](std::vector<char>& places) {
    for (std::size_t i = 0; i < size; ++i) {
      const Step step = tokens_[i].step;
      if (places[i] != 0 &&
          (step == Step::Some || step == Step::Anything || step == Step::Directories)) {
        places[i + 1] = 1;
      }
    }
  };
  here[0] = 1;
  skip_empty(here);
  for (const char character : text) {
    const std::uint8_t byte = as_byte(character);
    std::fill(next.begin(), next.end(), 0);
    bool any = false;
    for (std::size_t i = 0; i < size; ++i) {
      const Token& token = tokens_[i];
      if (token.step == Step::Directories) {
        if (here[i] != 0) inside[i] = 1;
        if (inside[i] == 0) continue;
        any = true;
        if (byte == '/') next[i + 1] = 1;
        continue;
      }
      if (here[i] == 0 || !accepts(token, byte)) continue;
      any = true;
      const bool repeats = token.step == Step::Some || token.step == Step::Anything;
      next[repeats ? i : i + 1] = 1;
    }
    if (!any) return false;
    skip_empty(next);
    std::swap(here, next);
  }
  return here[size] != 0;
}

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[\\") != pattern.npos;
}

std::vector<std::string> expand_braces(std::string_view pattern) {
  std::vector<std::string> whole;
  std::vector<std::string> open = {std::string(pattern)};
  while (!open.empty()) {
    const std::string one = std::move(open.back());
    open.pop_back();
    // The innermost pair: the last "{" before the first "}".
    const std::size_t end = one.find('}');
    const std::size_t begin = end == one.npos ? one.npos : one.rfind('{', end);
    if (begin == one.npos || whole.size() + open.size() >= kMaxExpanded) {
      if (std::ranges::find(whole, one) == whole.end()) whole.push_back(one);
      continue;
    }
    const std::string inner = one.substr(begin + 1, end - begin - 1);
    // From the last, so that they come off the stack in their order.
    for (std::size_t stop = inner.size();;) {
      const std::size_t comma = stop == 0 ? inner.npos : inner.rfind(',', stop - 1);
      const std::size_t start = comma == inner.npos ? 0 : comma + 1;
      open.push_back(one.substr(0, begin) + inner.substr(start, stop - start) +
                     one.substr(end + 1));
      if (comma == inner.npos) break;
      stop = comma;
    }
  }
  return whole;
}

}  // namespace temper::agent
