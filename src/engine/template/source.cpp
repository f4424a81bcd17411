#include "engine/template/source.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace temper::engine::jinja {

Result<std::string> normalised_source(std::string_view source, std::size_t max_bytes) {
  if (source.size() > max_bytes) {
    return Error{Code::Limit, format("the template has {}, more than the {} that are allowed",
                                     format_bytes(source.size()), format_bytes(max_bytes))};
  }
  if (const auto place = find_invalid_utf8(source)) {
    return at_line(source, *place, Error{Code::Corrupt, "the template is not UTF-8"});
  }
  std::string text;
  text.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      text += source[i];
    } else if (i + 1 == source.size() || source[i + 1] != '\n') {
      text += '\n';
    }
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string_view text_at(std::string_view source, Span span) {
  return source.substr(span.begin, span.end - span.begin);
}

std::string shown_piece(std::string_view piece) {
  constexpr std::size_t kLongest = 60;
  std::string line;
  for (const char byte : piece.substr(0, 4 * kLongest)) {
    const bool space = byte == ' ' || byte == '\n' || byte == '\t';
    if (!space) {
      line += byte;
    } else if (!line.ends_with(' ')) {
      line += ' ';
    }
  }
  std::string_view kept = truncate_bytes(line, kLongest);
  const bool cut = kept.size() < line.size() || piece.size() > 4 * kLongest;
  return "`" + printable(kept, LineBreaks::Escape) + (cut ? "...`" : "`");
}

Error at_line(std::string_view source, std::size_t place, Error error) {
  constexpr std::size_t kLongest = 500;
  const std::string_view before = source.substr(0, place);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  // Names in it may be the template's or the conversation's.
  error.message = printable(truncate_bytes(error.message, kLongest), LineBreaks::Escape);
  return in_context(format("line {}", line), std::move(error));
}

}  // namespace temper::engine::jinja
