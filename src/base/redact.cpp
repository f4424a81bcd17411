#include "base/redact.h"

#include <algorithm>

#include "base/json.h"
#include "base/redact_forms.h"
#include "base/text.h"

namespace temper {
namespace {

constexpr std::size_t kShortest = 6;

struct Span {
  std::size_t begin;
  std::size_t end;
};

void find_all(std::string_view text, std::string_view secret, std::vector<Span>& found) {
  for (std::size_t at = text.find(secret); at != text.npos;) {
    found.push_back({at, at + secret.size()});
    at = text.find(secret, at + secret.size());
  }
}

}  // namespace

bool Redactor::add_secret(std::string_view value) {
  const std::string secret(trim(value));
  if (secret.size() < kShortest || is_part_of_marker(secret)) return false;
  std::string in_json = Json(secret).dump();
  in_json = in_json.substr(1, in_json.size() - 2);
  for (const std::string& form : {secret, in_json}) {
    const bool known = std::find(secrets_.begin(), secrets_.end(), form) != secrets_.end();
    if (!known) secrets_.push_back(form);
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
