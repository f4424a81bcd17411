// A regular expression looked for line by line, as models write them for a search.
//
// RE2 does the work: its time is linear in the text whatever the pattern is, and its memory
// bounded, so a pattern that a model supplies cannot hang or flood us.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace temper::agent {

enum class PatternKind { Regex, Literal };
enum class LetterCase { Exact, Ignored };

// Safe to use from several threads.
class LinePattern {
 public:
  // Fails with Invalid and what is wrong with the expression.
  static Result<LinePattern> compile(std::string_view pattern, PatternKind kind,
                                     LetterCase letters);

  LinePattern(LinePattern&&) noexcept;
  LinePattern& operator=(LinePattern&&) noexcept;
  ~LinePattern();

  struct Match {
    std::size_t begin = 0;  // bytes in the text that was searched
    std::size_t end = 0;
  };
  // The first match at or behind `from`; it lies in one line. "^" and "$" are the ends of
  // lines, which are "\n" alone.
  std::optional<Match> find(std::string_view text, std::size_t from = 0) const;

 private:
  struct Compiled;
  explicit LinePattern(std::unique_ptr<Compiled> compiled);

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace temper::agent
