#include "agent/tools/line_pattern.h"

#include <re2/re2.h>

#include <utility>

namespace temper::agent {

struct LinePattern::Compiled {
  Compiled(const std::string& pattern, const re2::RE2::Options& options)
      : expression(pattern, options) {}

  re2::RE2 expression;
};

LinePattern::LinePattern(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
LinePattern::LinePattern(LinePattern&&) noexcept = default;
LinePattern& LinePattern::operator=(LinePattern&&) noexcept = default;
LinePattern::~LinePattern() = default;

Result<LinePattern> LinePattern::compile(std::string_view pattern, PatternKind kind,
                                         LetterCase letters) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_nl(true);
  options.set_max_mem(std::int64_t{32} << 20);
  options.set_case_sensitive(letters == LetterCase::Exact);

  const std::string text = kind == PatternKind::Literal
                               ? re2::RE2::QuoteMeta({pattern.data(), pattern.size()})
                               : std::string(pattern);
  const re2::RE2 alone(text, options);
  if (!alone.ok()) return Error{Code::Invalid, alone.error()};
  auto compiled = std::make_unique<Compiled>("(?m:" + text + ")", options);
  if (!compiled->expression.ok()) return Error{Code::Invalid, compiled->expression.error()};
  return LinePattern(std::move(compiled));
}

std::optional<LinePattern::Match> LinePattern::find(std::string_view text, std::size_t from) const {
  if (from > text.size()) return std::nullopt;
  re2::StringPiece match;
  const re2::StringPiece searched(text.data(), text.size());
  if (!compiled_->expression.Match(searched, from, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
    return std::nullopt;
  }
  const auto begin = static_cast<std::size_t>(match.data() - text.data());
  return Match{begin, begin + match.size()};
}

}  // namespace temper::agent
