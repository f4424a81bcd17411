#include "base/redact.h"

#include <algorithm>
#include <cstdint>

#include "base/format.h"
#include "base/json.h"
#include "base/redact_forms.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper {
namespace {

constexpr std::size_t kShortest = 6;

enum class LetterCase { Lower, Upper };

struct Span {
  std::size_t begin;
  std::size_t end;
};

void find_all(std::string_view text, std::string_view secret, std::vector<Span>& found) {
  for (std::size_t at = text.find(secret); at != text.npos;) {
    found.push_back({at, at + secret.size()});
    at = text.find(secret, at + 1);  // it may overlap itself
  }
}

void append_utf16_escapes(std::string& json, char32_t point, LetterCase digits) {
  const auto append = [&](std::uint32_t unit) {
    json += digits == LetterCase::Lower ? format("\\u{:04x}", unit) : format("\\u{:04X}", unit);
  };
  if (point < 0x10000) {
    append(point);
  } else {
    append(0xD800 + ((point - 0x10000) >> 10));
    append(0xDC00 + ((point - 0x10000) & 0x3FF));
  }
}

// The inside of a JSON string as writers that keep to ASCII have it.
std::string in_ascii(std::string_view json, LetterCase digits) {
  std::string escaped;
  while (!json.empty()) {
    const CodePoint point = first_code_point(json);
    if (point.valid && point.value >= 0x7F) {
      append_utf16_escapes(escaped, point.value, digits);
    } else {
      escaped += json.substr(0, point.bytes);
    }
    json.remove_prefix(point.bytes);
  }
  return escaped;
}

std::string with_escaped_slashes(std::string_view json) {
  std::string escaped;
  for (char byte : json) {
    if (byte == '/') escaped += '\\';
    escaped += byte;
  }
  return escaped;
}

// All the ways in which a secret is commonly written.
std::vector<std::string> writings_of(const std::string& secret) {
  std::string json = Json(secret).dump();
  json = json.substr(1, json.size() - 2);
  std::vector<std::string> writings{secret};
  for (const std::string& inside :
       {json, in_ascii(json, LetterCase::Lower), in_ascii(json, LetterCase::Upper)}) {
    writings.push_back(inside);
    writings.push_back(with_escaped_slashes(inside));
  }
  return writings;
}

}  // namespace

bool Redactor::add_secret(std::string_view value) {
  const std::string secret(trim(value));
  if (secret.size() < kShortest || is_part_of_marker(secret)) return false;
  for (const std::string& writing : writings_of(secret)) {
    const bool known = std::find(secrets_.begin(), secrets_.end(), writing) != secrets_.end();
    if (!known) secrets_.push_back(writing);
  }
  return true;
}

std::string Redactor::redact(std::string_view text) const {
  return secrets_.empty() ? hide_secret_forms(text) : hide_secret_forms(hide_known(text));
}

std::string Redactor::hide_known(std::string_view text) const {
  std::vector<Span> found;
  for (const std::string& secret : secrets_) find_all(text, secret, found);
  std::sort(found.begin(), found.end(), [](Span a, Span b) { return a.begin < b.begin; });

  std::string hidden;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < found.size();) {
    Span span = found[at++];
    // Where secrets overlap, all of their bytes go.
    while (at < found.size() && found[at].begin < span.end) {
      span.end = std::max(span.end, found[at++].end);
    }
    hidden.append(text.substr(copied, span.begin - copied)).append(marker_of("secret"));
    copied = span.end;
  }
  return hidden.append(text.substr(copied));
}

}  // namespace temper
