// One pass from left to right. At each place that may begin a secret the forms are tried,
// and none looks at a byte that another place of the same kind will look at again, which
// keeps the whole linear.
//
// Redacting twice changes nothing because what is decided at a place depends only on the
// text behind it up to a marker: a marker is stepped over, begins with "[", which ends
// every form, and stands for a boundary just as the secret before it did.
#include "base/redact_forms.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ascii.h"
#include "base/format.h"
#include "base/redact_names.h"

namespace temper {
namespace {

constexpr std::string_view kMarkerStart = "[redacted:";

bool is_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }
bool is_blank(char byte) { return byte == ' ' || byte == '\t'; }
bool is_quote(char byte) { return byte == '"' || byte == '\'' || byte == '`'; }
bool is_one_of(char byte, std::string_view set) { return set.find(byte) != set.npos; }

bool is_upper_or_digit(char byte) { return is_upper(byte) || is_digit(byte); }
bool is_base64url(char byte) { return is_alnum(byte) || byte == '_' || byte == '-'; }
bool is_base64(char byte) { return is_alnum(byte) || is_one_of(byte, "+/="); }
bool is_credential(char byte) { return is_alnum(byte) || is_one_of(byte, "-._~+/="); }
bool is_name(char byte) { return is_alnum(byte) || is_one_of(byte, "_-."); }

// Keys that say by their beginning what they are.
struct KeyForm {
  std::string_view start;
  std::string_view kind;
  bool (*continues)(char);
  std::size_t least;  // bytes behind the start
  bool exactly_least = false;
  bool mixes = false;  // letters and digits within one part, which tells it from a name
};

// More special starts stand first.
constexpr KeyForm kKeyForms[] = {
    {"sk-ant-", "anthropic-key", is_base64url, 20},
    {"sk-", "openai-key", is_base64url, 20, false, true},
    {"sk_live_", "stripe-key", is_alnum, 16},
    {"rk_live_", "stripe-key", is_alnum, 16},
    {"github_pat_", "github-token", is_base64url, 22},
    {"ghp_", "github-token", is_alnum, 30},
    {"gho_", "github-token", is_alnum, 30},
    {"ghu_", "github-token", is_alnum, 30},
    {"ghs_", "github-token", is_alnum, 30},
    {"ghr_", "github-token", is_alnum, 30},
    {"glpat-", "gitlab-token", is_base64url, 20},
    {"gsk_", "groq-key", is_alnum, 40},
    {"AKIA", "aws-key", is_upper_or_digit, 16, true},
    {"ASIA", "aws-key", is_upper_or_digit, 16, true},
    {"AIza", "google-key", is_base64url, 35},
    {"xoxb-", "slack-token", is_base64url, 10},
    {"xoxa-", "slack-token", is_base64url, 10},
    {"xoxp-", "slack-token", is_base64url, 10},
    {"xoxr-", "slack-token", is_base64url, 10},
    {"xoxs-", "slack-token", is_base64url, 10},
    {"xapp-", "slack-token", is_base64url, 10},
    {"hf_", "huggingface-token", is_alnum, 30},
    {"npm_", "npm-token", is_alnum, 36},
    {"pypi-", "pypi-token", is_base64url, 50, false, true},
};

constexpr std::string_view kOtherKinds[] = {"secret", "password", "jwt", "authorization",
                                            "private-key"};

// How sequences that colour text begin, as a terminal gets them and as programs write them.
constexpr std::string_view kColourStarts[] = {"\x1b[",  "\\u001b[", "\\u001B[", "\\x1b[",
                                              "\\x1B[", "\\033[",   "\\e["};

constexpr std::string_view kSchemes[] = {"bearer", "basic", "token"};

struct Found {
  std::size_t begin;
  std::size_t end;
  std::string_view kind;
};

std::string_view kind_of(NameKind kind) {
  return kind == NameKind::Password ? "password" : "secret";
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) { hidden_.reserve(text.size()); }

  std::string run();

 private:
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  bool stands_at(std::size_t place, std::string_view word) const {
    return text_.substr(place, word.size()) == word;
  }
  bool stands_at_in_any_case(std::size_t place, std::string_view word) const;
  template <typename Belongs>
  std::size_t run_end(std::size_t from, Belongs belongs) const {
    while (from < text_.size() && belongs(text_[from])) ++from;
    return from;
  }
  std::size_t count_digits(std::size_t begin, std::size_t end) const {
    const std::string_view run = text_.substr(begin, end - begin);
    return static_cast<std::size_t>(std::count_if(run.begin(), run.end(), is_digit));
  }

  // Whether a part between "-" and "_" has letters and digits and is no "v2".
  bool has_mixed_part(std::size_t begin, std::size_t end) const;

  // How many bytes at a place are one unit that is copied as it is: a marker, or an
  // escape, whose last letter is no beginning of a word ("\nghp_", "%3Dghp_").
  std::size_t marker_size(std::size_t place) const;
  std::size_t escape_size(std::size_t place) const;
  std::size_t colour_size(std::size_t place) const;

  // What stands at `place` and has to be hidden, by its own form...
  std::optional<Found> find_at(std::size_t place);
  std::optional<Found> find_key(std::size_t place);
  std::optional<Found> find_jwt(std::size_t place);
  std::optional<Found> find_private_key(std::size_t place) const;

  // ... or because of what stood before it, where look_ahead found it.
  std::optional<Found> announced_at(std::size_t place) const;
  void look_ahead(std::size_t place);
  std::optional<Found> find_bearer(std::size_t place) const;
  std::optional<Found> find_url_password(std::size_t place) const;
  std::optional<Found> find_assigned(std::size_t place) const;
  // Parts of find_assigned: where a sign of assignment ends, if there is one, and the value.
  std::optional<std::size_t> assignment_end(std::size_t sign) const;
  std::optional<Found> find_credentials(std::size_t value) const;
  std::optional<Found> find_quoted(std::size_t value, char quote, bool escaped,
                                   NameKind kind) const;
  std::optional<Found> find_bare(std::size_t value, NameKind kind) const;
  std::optional<Found> find_in_environment(std::size_t value, NameKind kind) const;
  std::size_t plain_end(std::size_t value) const;

  std::string_view text_;
  std::string hidden_;
  std::optional<Found> url_password_;
  std::optional<Found> bearer_;
  std::optional<Found> assigned_;
  // No key that needs a mixed part, and no header of a JWT, begins before these: the run that
  // was looked through lacks something, so every part of it does.
  std::size_t no_key_before_ = 0;
  std::size_t no_jwt_before_ = 0;
  bool word_start_ = true;  // no letter or digit stands before
  bool name_start_ = true;  // nor anything else that names are made of
};

bool Scanner::stands_at_in_any_case(std::size_t place, std::string_view word) const {
  if (text_.size() - place < word.size()) return false;
  return std::equal(word.begin(), word.end(), text_.begin() + static_cast<std::ptrdiff_t>(place),
                    [](char a, char b) { return a == (is_upper(b) ? b - 'A' + 'a' : b); });
}

bool Scanner::has_mixed_part(std::size_t begin, std::size_t end) const {
  while (begin < end) {
    const std::size_t part_end = std::min(end, run_end(begin, is_alnum));
    const std::size_t digits = count_digits(begin, part_end);
    if (part_end - begin >= 3 && digits > 0 && digits < part_end - begin) return true;
    begin = part_end + 1;
  }
  return false;
}

std::size_t Scanner::marker_size(std::size_t place) const {
  if (!stands_at(place, kMarkerStart)) return 0;
  const std::size_t kind = place + kMarkerStart.size();
  const std::size_t end = run_end(kind, [](char byte) { return is_lower(byte) || byte == '-'; });
  return end > kind && at(end) == ']' ? end + 1 - place : 0;
}

std::size_t Scanner::escape_size(std::size_t place) const {
  if (text_[place] == '%')
    return is_hex_digit(at(place + 1)) && is_hex_digit(at(place + 2)) ? 3 : 0;
  if (const std::size_t size = colour_size(place)) return size;
  if (text_[place] != '\\') return 0;
  if (is_one_of(at(place + 1), "nrtbf\"'\\/") && place + 1 < text_.size()) return 2;
  if (at(place + 1) != 'u') return 0;
  for (std::size_t digit = place + 2; digit < place + 6; ++digit) {
    if (!is_hex_digit(at(digit))) return 0;
  }
  return 6;
}

std::size_t Scanner::colour_size(std::size_t place) const {
  for (std::string_view start : kColourStarts) {
    if (start[0] != text_[place] || !stands_at(place, start)) continue;
    const std::size_t begin = place + start.size();
    const std::size_t end =
        run_end(begin, [](char byte) { return is_digit(byte) || is_one_of(byte, ";:?"); });
    // Other letters without a number before them may as well begin a key.
    const bool ends = end > begin ? is_lower(at(end)) || is_upper(at(end))
                                  : end < text_.size() && is_one_of(at(end), "mKJH");
    return ends ? end + 1 - place : 0;
  }
  return 0;
}

std::string Scanner::run() {
  for (std::size_t place = 0; place < text_.size();) {
    std::optional<Found> found = announced_at(place);
    if (!found) {
      look_ahead(place);
      found = find_at(place);
    }
    if (found) {
      hidden_ += marker_of(found->kind);
      place = found->end;
      word_start_ = name_start_ = true;
      continue;
    }
    std::size_t unit = std::max(marker_size(place), escape_size(place));
    if (unit > 0) {
      word_start_ = name_start_ = true;
    } else {
      unit = 1;
      word_start_ = !is_alnum(text_[place]);
      name_start_ = !is_name(text_[place]);
    }
    hidden_.append(text_.substr(place, unit));
    place += unit;
  }
  return std::move(hidden_);
}

void Scanner::look_ahead(std::size_t place) {
  const char byte = text_[place];
  if (byte == ':') {
    if (auto found = find_url_password(place)) url_password_ = found;
  }
  if (word_start_ && (byte == 'b' || byte == 'B')) {
    if (auto found = find_bearer(place)) bearer_ = found;
  }
  if (name_start_ && is_name(byte)) {
    if (auto found = find_assigned(place)) assigned_ = found;
  }
}

std::optional<Found> Scanner::announced_at(std::size_t place) const {
  for (const std::optional<Found>& found : {url_password_, bearer_, assigned_}) {
    if (found && found->begin == place) return found;
  }
  return std::nullopt;
}

std::optional<Found> Scanner::find_at(std::size_t place) {
  if (text_[place] == '-') return find_private_key(place);
  if (!word_start_ || !is_alnum(text_[place])) return std::nullopt;
  if (auto found = find_key(place)) return found;
  return find_jwt(place);
}

std::optional<Found> Scanner::find_key(std::size_t place) {
  for (const KeyForm& form : kKeyForms) {
    if (form.start[0] != text_[place] || !stands_at(place, form.start)) continue;
    if (form.mixes && place < no_key_before_) continue;
    const std::size_t start_end = place + form.start.size();
    const std::size_t end = run_end(start_end, form.continues);
    const std::size_t size = end - start_end;
    if (form.exactly_least ? size != form.least || is_alnum(at(end)) : size < form.least) continue;
    if (!form.mixes || has_mixed_part(start_end, end)) return Found{place, end, form.kind};
    no_key_before_ = end;
  }
  return std::nullopt;
}

// Two or three parts of base64url; the first two are JSON objects: {" is "eyJ".
std::optional<Found> Scanner::find_jwt(std::size_t place) {
  if (place < no_jwt_before_ || !stands_at(place, "eyJ")) return std::nullopt;
  const std::size_t header_end = run_end(place, is_base64url);
  if (!stands_at(header_end, ".eyJ")) {
    no_jwt_before_ = header_end;
    return std::nullopt;
  }
  if (header_end - place < 10) return std::nullopt;
  std::size_t end = run_end(header_end + 1, is_base64url);
  if (at(end) == '.') end = run_end(end + 1, is_base64url);
  return Found{place, end, "jwt"};
}

std::optional<Found> Scanner::find_bearer(std::size_t place) const {
  constexpr std::string_view kBearer = "bearer ";
  if (!stands_at_in_any_case(place, kBearer)) return std::nullopt;
  const std::size_t begin = place + kBearer.size();
  const std::size_t end = run_end(begin, is_credential);
  if (end - begin < 16 || count_digits(begin, end) == 0) return std::nullopt;
  return Found{begin, end, "authorization"};
}

// From "-----BEGIN ... PRIVATE KEY-----" to the end of the block; without its end, as far
// as it goes on like one.
std::optional<Found> Scanner::find_private_key(std::size_t place) const {
  constexpr std::string_view kDashes = "-----";
  const auto label_end = [&](std::size_t from) {
    return run_end(from, [](char byte) { return is_upper_or_digit(byte) || byte == ' '; });
  };
  if (!stands_at(place, "-----BEGIN ")) return std::nullopt;
  const std::size_t begin_end = label_end(place + kDashes.size());
  const std::string_view label = text_.substr(place, begin_end - place);
  if (label.find("PRIVATE KEY") == label.npos || !stands_at(begin_end, kDashes)) {
    return std::nullopt;
  }
  std::size_t end = begin_end + kDashes.size();
  std::size_t in_row = 0;
  std::size_t longest_row = 0;
  for (; end < text_.size(); ++end) {
    const char byte = text_[end];
    if (!is_base64(byte) && !is_space(byte) && !is_one_of(byte, "\\:,-.")) break;
    if (stands_at(end, kDashes)) break;
    in_row = is_base64(byte) ? in_row + 1 : 0;
    longest_row = std::max(longest_row, in_row);
  }
  if (stands_at(end, "-----END ")) {
    const std::size_t end_end = label_end(end + kDashes.size());
    if (stands_at(end_end, kDashes)) return Found{place, end_end + kDashes.size(), "private-key"};
  }
  if (longest_row < 40) return std::nullopt;
  return Found{place, end, "private-key"};
}

// The password of "scheme://user:password@host", whatever it is made of.
std::optional<Found> Scanner::find_url_password(std::size_t place) const {
  if (!stands_at(place, "://")) return std::nullopt;
  const auto in_user_part = [](char byte) {
    return !is_space(byte) && !is_quote(byte) && !is_one_of(byte, "/<>[]{}\\,");
  };
  const std::size_t user = place + 3;
  const std::size_t end = run_end(user, in_user_part);
  const std::size_t sign = text_.substr(user, end - user).rfind('@');
  if (sign == text_.npos) return std::nullopt;
  const std::string_view user_part = text_.substr(user, sign);
  const std::size_t colon = user_part.find(':');
  if (colon == user_part.npos || colon + 1 == user_part.size()) return std::nullopt;
  if (user_part[colon + 1] == '$') return std::nullopt;  // a variable of a shell
  return Found{user + colon + 1, user + sign, "password"};
}

std::optional<std::size_t> Scanner::assignment_end(std::size_t sign) const {
  for (std::string_view assigns : {":=", "=>", "=", ":"}) {
    if (!stands_at(sign, assigns)) continue;
    const std::size_t end = sign + assigns.size();
    const bool other = is_one_of(at(end), "=:~") || stands_at(sign, "://");  // "==", "::"
    return other ? std::nullopt : std::optional(end);
  }
  return std::nullopt;
}

// The value of `NAME = value`, `"name": "value"` and the like.
std::optional<Found> Scanner::find_assigned(std::size_t place) const {
  constexpr std::size_t kLongestName = 100;
  const std::size_t name_end = run_end(place, is_name);
  const std::string_view name = text_.substr(place, name_end - place);
  std::size_t sign = name_end;
  if (at(sign) == '\\' && is_quote(at(sign + 1))) ++sign;  // JSON within JSON
  if (is_quote(at(sign))) ++sign;
  sign = run_end(sign, is_blank);
  std::optional<std::size_t> sign_end = assignment_end(sign);
  const bool option = name.starts_with("--");
  if (!sign_end && option && is_blank(at(name_end))) sign_end = sign;  // --password hunter2
  if (!sign_end || name.size() > kLongestName) return std::nullopt;
  const NameKind kind = judge_name(name);
  if (kind == NameKind::Harmless) return std::nullopt;

  const std::size_t value = run_end(*sign_end, is_blank);
  const bool escaped = at(value) == '\\' && is_quote(at(value + 1));
  const std::size_t quote = escaped ? value + 1 : value;
  const bool quoted = is_quote(at(quote));
  if (kind == NameKind::Authorization) {
    if (auto found = find_credentials(quoted ? quote + 1 : value)) return found;
  }
  if (quoted) return find_quoted(quote + 1, at(quote), escaped, kind);
  const bool tight = stands_at(name_end, "=") && value == name_end + 1;
  const bool upper = std::none_of(name.begin(), name.end(), is_lower);
  return tight && upper ? find_in_environment(value, kind) : find_bare(value, kind);
}

// What stands behind "Basic" and the like in an Authorization header.
std::optional<Found> Scanner::find_credentials(std::size_t value) const {
  for (std::string_view scheme : kSchemes) {
    if (!stands_at_in_any_case(value, scheme) || at(value + scheme.size()) != ' ') continue;
    const std::size_t begin = value + scheme.size() + 1;
    const std::size_t end = run_end(begin, is_credential);
    const std::string_view credentials = text_.substr(begin, end - begin);
    const bool prose = std::all_of(credentials.begin(), credentials.end(), is_lower);
    if (credentials.size() >= 8 && !prose) return Found{begin, end, "authorization"};
  }
  return std::nullopt;
}

std::optional<Found> Scanner::find_quoted(std::size_t value, char quote, bool escaped,
                                          NameKind kind) const {
  constexpr std::size_t kLongestWithSpaces = 200;
  std::size_t end = value;
  while (end < text_.size() && text_[end] != quote) {
    if (text_[end] == '\\' && escaped) break;
    if (is_space(text_[end])) {
      const bool goes_on = kind == NameKind::Password && is_blank(text_[end]);
      if (!goes_on || end - value > kLongestWithSpaces) break;
    }
    end += text_[end] == '\\' && end + 1 < text_.size() ? 2 : 1;
  }
  end = std::min(end, text_.size());
  const bool closed = at(end) == quote || (escaped && at(end) == '\\');
  const std::string_view inside = text_.substr(value, end - value);
  if (!closed || !may_be_secret(inside, kind, Writing::Quoted)) return std::nullopt;
  return Found{value, end, kind_of(kind)};
}

// A value that may be code, and ends where code would go on.
std::optional<Found> Scanner::find_bare(std::size_t value, NameKind kind) const {
  const std::size_t end = plain_end(value);
  const bool code = end < text_.size() && is_one_of(text_[end], "([{<:");
  const std::string_view bare = text_.substr(value, end - value);
  if (code || !may_be_secret(bare, kind, Writing::Bare)) return std::nullopt;
  return Found{value, end, kind_of(kind)};
}

// Without "=" and ":", so that no other value begins within this one.
std::size_t Scanner::plain_end(std::size_t value) const {
  const std::size_t end = run_end(value, [](char byte) {
    return !is_space(byte) && !is_quote(byte) && !is_one_of(byte, ",;&|<>()[]{}\\=:");
  });
  return run_end(end, [](char byte) { return byte == '='; });  // base64 is filled up so
}

// A value up to the next white space, quote or escape, whatever else it is made of.
std::optional<Found> Scanner::find_in_environment(std::size_t value, NameKind kind) const {
  // Behind the part in which no other value begins; that keeps it linear.
  constexpr std::size_t kLongestRest = 200;
  std::size_t end = plain_end(value);
  const std::size_t last = std::min(text_.size(), end + kLongestRest);
  while (end < last && !is_space(text_[end]) && !is_quote(text_[end]) && text_[end] != '\\') {
    if (stands_at(end, kMarkerStart)) return std::nullopt;
    ++end;
  }
  if (is_call(text_.substr(value, end - value), is_quote(at(end)))) return std::nullopt;
  while (end > value && is_one_of(text_[end - 1], ",;)]}")) --end;  // of what stands around it
  if (!may_be_secret(text_.substr(value, end - value), kind, Writing::Environment)) {
    return std::nullopt;
  }
  return Found{value, end, kind_of(kind)};
}

}  // namespace

std::string marker_of(std::string_view kind) { return format("{}{}]", kMarkerStart, kind); }

bool is_part_of_marker(std::string_view text) {
  const auto holds = [&](std::string_view kind) {
    return marker_of(kind).find(text) != std::string::npos;
  };
  return std::any_of(std::begin(kKeyForms), std::end(kKeyForms),
                     [&](const KeyForm& form) { return holds(form.kind); }) ||
         std::any_of(std::begin(kOtherKinds), std::end(kOtherKinds), holds);
}

std::string hide_secret_forms(std::string_view text) { return Scanner(text).run(); }

}  // namespace temper
