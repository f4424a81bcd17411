// Patterns of file names, read as git reads them: `*`, `?`, `[a-z]`, and `**` for any number
// of directories.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

// Time is at most the product of both lengths, whatever the pattern is.
class Glob {
 public:
  enum class Slashes {
    Separate,  // only `**` between slashes, or at an end, matches one
    Ordinary,
  };
  // Any text is a pattern; one that is not finished ("[a") matches nothing.
  explicit Glob(std::string_view pattern, Slashes slashes = Slashes::Separate);

  // All of the text.
  bool matches(std::string_view text) const;

 private:
  enum class Step : std::uint8_t {
    Byte,         // itself
    One,          // of `sets_`
    Some,         // any number of bytes but slashes
    Anything,     // any number of bytes
    Directories,  // nothing, or anything and a slash behind it
    Never,
  };
  struct Token {
    Step step = Step::Byte;
    std::uint8_t byte = 0;
    std::uint32_t set = 0;
  };

  std::size_t read_stars(std::string_view pattern, std::size_t at);
  std::size_t read_set(std::string_view pattern, std::size_t at);
  void add_set(const std::bitset<256>& set);
  bool accepts(const Token& token, std::uint8_t byte) const;

  Slashes slashes_;
  std::vector<Token> tokens_;
  std::vector<std::bitset<256>> sets_;
};

// Does the pattern have a character with a meaning of its own?
bool has_wildcard(std::string_view pattern);

// "a.{h,cpp}" -> "a.h", "a.cpp"; a pattern without braces alone. At most 64.
std::vector<std::string> expand_braces(std::string_view pattern);

}  // namespace temper::agent
