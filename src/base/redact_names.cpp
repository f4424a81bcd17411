#include "base/redact_names.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"

namespace temper {
namespace {

constexpr std::string_view kPasswordWords[] = {"password", "passwd", "passphrase"};
// Behind other words, all in upper case: SMTP_PASS.
constexpr std::string_view kShortPasswordWords[] = {"pass", "pwd"};
constexpr std::string_view kSecretWords[] = {"token", "secret", "apikey", "credential",
                                             "credentials"};
// Before "key".
constexpr std::string_view kKeyWords[] = {"api",     "access",     "secret",  "private", "auth",
                                          "signing", "encryption", "account", "master"};
// Before "token", which then is a place in a list or a piece of text.
constexpr std::string_view kHarmlessTokenWords[] = {"next",  "previous", "prev", "page",
                                                    "start", "stop",     "end",  "continuation",
                                                    "first", "last",     "bos",  "eos"};
// Behind the word that counts.
constexpr std::string_view kSuffixes[] = {"base",    "value", "prod", "production", "dev",
                                          "staging", "test",  "live", "old",        "new"};
// What is said about a secret rather than the secret itself.
constexpr std::string_view kAboutSecrets[] = {
    "budget", "count",   "dir",      "digest", "endpoint", "env",   "expires", "expiry",
    "field",  "file",    "format",   "hash",   "header",   "id",    "index",   "length",
    "limit",  "manager", "max",      "md",     "min",      "name",  "path",    "pattern",
    "policy", "prompt",  "provider", "rate",   "ref",      "regex", "sha",     "size",
    "store",  "ttl",     "type",     "uri",    "url",      "usage"};
constexpr std::string_view kOrdinaryValues[] = {
    "password", "passwd",   "passphrase", "secret",   "token",  "string",    "integer",
    "number",   "boolean",  "required",   "optional", "hidden", "undefined", "default",
    "bearer",   "changeme", "true",       "false",    "none",   "null",      "redacted",
    "unknown",  "disabled", "enabled",    "invalid",  "missing"};
// Values of settings that are about passwords or text begin so: "utf8mb4", "bcrypt2".
constexpr std::string_view kMethods[] = {"utf8",   "utf16",  "latin1", "base64", "bcrypt", "scrypt",
                                         "argon2", "pbkdf2", "sha1",   "sha2",   "sha512", "md5"};
constexpr std::string_view kPlaceholders[] = {"${",   "{{",  "$(", "...",        "xxxx",
                                              "****", "://", "<",  "[redacted:", "…"};
constexpr std::string_view kPlaceholderWords[] = {"your", "example", "dummy", "placeholder"};
// A text of several words with one of these is about a password.
constexpr std::string_view kProseWords[] = {"is",  "are",   "be",     "must", "not",  "the", "your",
                                            "for", "enter", "please", "a",    "an",   "to",  "of",
                                            "too", "and",   "or",     "no",   "with", "new", "can"};

bool is_among(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}
bool ends_as_one_of(std::string_view word, std::span<const std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(),
                     [&](std::string_view end) { return word.ends_with(end); });
}

// Whether one of the words between all that is no ASCII letter or digit is so.
template <typename IsSo>
bool has_word(std::string_view text, IsSo is_so) {
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_alnum(text[end])) ++end;
    if (is_so(text.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

bool is_name_separator(char byte) { return byte == '_' || byte == '-' || byte == '.'; }

// "clientSecret", "CLIENT_SECRET" and "APIKey" in lower-case words.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char byte = name[at];
    if (is_name_separator(byte)) {
      words.emplace_back();
      continue;
    }
    const bool after_lower = at > 0 && is_upper(byte) && !is_upper(name[at - 1]);
    const bool before_lower = at > 0 && is_upper(byte) && is_upper(name[at - 1]) &&
                              at + 1 < name.size() && is_lower(name[at + 1]);
    if (after_lower || before_lower) words.emplace_back();
    words.back() += is_upper(byte) ? static_cast<char>(byte - 'A' + 'a') : byte;
  }
  std::erase(words, "");
  return words;
}

NameKind judge_last_word(const std::vector<std::string>& words) {
  const std::string& last = words.back();
  if (last == "authorization") return NameKind::Authorization;
  if (ends_as_one_of(last, kPasswordWords)) return NameKind::Password;
  if (ends_as_one_of(last, kSecretWords)) return NameKind::Secret;
  const bool key = last == "key" && words.size() > 1;
  return key && is_among(words[words.size() - 2], kKeyWords) ? NameKind::Secret
                                                             : NameKind::Harmless;
}

// "token" alone is, in what language models say, a piece of text.
bool is_weak_token(const std::vector<std::string>& words) {
  if (words.back() != "token") return false;
  return words.size() == 1 || is_among(words[words.size() - 2], kHarmlessTokenWords);
}

struct Makeup {
  std::size_t letters = 0;
  std::size_t digits = 0;
};

Makeup makeup_of(std::string_view text) {
  Makeup makeup;
  for (char byte : text) {
    if (is_digit(byte)) ++makeup.digits;
    if (is_lower(byte) || is_upper(byte)) ++makeup.letters;
  }
  return makeup;
}

bool is_word_like(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char byte) {
    return is_lower(byte) || is_upper(byte) || is_digit(byte) || is_name_separator(byte);
  });
}

// Whether one of the parts between "_", "-" and "." mixes letters and digits as no name
// does: "550e8400" and "Zx81kq02", but not "v2" or "2024".
bool has_random_part(std::string_view value, std::size_t shortest) {
  while (!value.empty()) {
    const auto end = std::find_if(value.begin(), value.end(), is_name_separator);
    const std::string_view part = value.substr(0, static_cast<std::size_t>(end - value.begin()));
    const Makeup makeup = makeup_of(part);
    if (part.size() >= shortest && makeup.letters > 0 && makeup.digits > 1) return true;
    value.remove_prefix(std::min(part.size() + 1, value.size()));
  }
  return false;
}

bool looks_random(std::string_view value) {
  if (is_word_like(value)) return has_random_part(value, 8);
  const Makeup makeup = makeup_of(value);
  return value.size() >= 8 && makeup.letters > 0 && makeup.digits > 0;
}

bool is_path(std::string_view value) {
  // A secret access key of AWS has 40 characters of base64, of which "/" is one.
  const bool aws_key = value.size() == 40 && makeup_of(value).digits > 2;
  return !aws_key && (value.starts_with("/") || value.starts_with("./") ||
                      value.starts_with("../") || value.starts_with("~/"));
}

// "your" and "yourpassword", but not "YourDogAte5Pies".
bool is_placeholder_word(std::string_view word) {
  if (is_among(word, kPlaceholderWords)) return true;
  if (!word.starts_with("your")) return false;
  return ends_as_one_of(word, kPasswordWords) || ends_as_one_of(word, kSecretWords) ||
         word.ends_with("key");
}

bool is_placeholder(std::string_view value, const std::string& lower) {
  if (std::string_view("$<{%*[").find(value.front()) != std::string_view::npos) return true;
  if (value.find('{') != value.npos && value.find('}') != value.npos) return true;
  return is_path(value) || has_word(lower, is_placeholder_word) ||
         std::any_of(std::begin(kPlaceholders), std::end(kPlaceholders),
                     [&](std::string_view part) { return lower.find(part) != lower.npos; });
}

// "password2" for a password, as variables are called.
bool is_named_for_itself(const std::string& lower) {
  return lower.starts_with("pass") || lower.starts_with("secret") || lower.starts_with("token");
}

// What is said about a password where it might stand: {"password": "must not be empty"}.
bool is_prose(std::string_view value, const std::string& lower) {
  if (value.find(' ') == value.npos || makeup_of(value).digits > 0) return false;
  return is_upper(value.front()) || has_word(lower, [](std::string_view word) {
           return is_among(word, kProseWords) || is_among(word, kPasswordWords);
         });
}

// One capitalised word with letters beyond ASCII, as labels have: "Contraseña".
bool is_foreign_label(std::string_view value) {
  const auto is_beyond_ascii = [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; };
  return is_upper(value.front()) && std::any_of(value.begin(), value.end(), is_beyond_ascii) &&
         std::all_of(value.begin() + 1, value.end(),
                     [&](char byte) { return is_lower(byte) || is_beyond_ascii(byte); });
}

bool is_method(const std::string& lower) {
  return std::any_of(std::begin(kMethods), std::end(kMethods),
                     [&](std::string_view method) { return lower.starts_with(method); });
}

bool may_be_password(std::string_view value, Writing writing, const std::string& lower) {
  switch (writing) {
    case Writing::Quoted:
      return value.size() >= 6 && !is_prose(value, lower) && !is_foreign_label(value);
    case Writing::Environment: return value.size() >= 4;
    case Writing::Bare: break;
  }
  if (looks_random(value)) return true;
  const Makeup makeup = makeup_of(value);
  return value.size() >= 6 && makeup.letters > 0 && makeup.digits > 0 && !is_method(lower) &&
         !is_named_for_itself(lower) && value.find_first_of("_.") == value.npos;
}

bool may_be_token(std::string_view value, Writing writing) {
  const Makeup makeup = makeup_of(value);
  if (makeup.letters == 0) return false;  // a number
  if (writing != Writing::Environment) return looks_random(value);
  const bool constant = std::none_of(value.begin(), value.end(), is_lower) && makeup.digits < 2;
  const bool field = is_word_like(value) && value.find('.') != value.npos;
  return value.size() >= 6 && ((!constant && !field) || looks_random(value));
}

}  // namespace

NameKind judge_name(std::string_view name) {
  std::vector<std::string> words = words_of(name);
  const auto says_nothing = [](std::string_view word) {
    if (word.starts_with('v')) word.remove_prefix(1);  // "v2"
    return is_among(word, kSuffixes) || std::all_of(word.begin(), word.end(), is_digit);
  };
  while (words.size() > 1 && says_nothing(words.back())) words.pop_back();
  if (words.empty()) return NameKind::Harmless;
  std::string& last = words.back();
  while (last.size() > 1 && is_digit(last.back())) last.pop_back();

  const bool upper = std::none_of(name.begin(), name.end(), is_lower);
  if (!upper && !name.starts_with("--") && is_weak_token(words)) return NameKind::Mentions;
  if (upper && words.size() > 1 && is_among(last, kShortPasswordWords)) return NameKind::Password;
  const NameKind kind = judge_last_word(words);
  if (kind != NameKind::Harmless || is_among(last, kAboutSecrets)) return kind;
  const bool mentions = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return is_among(word, kPasswordWords) || is_among(word, kSecretWords);
  });
  return mentions ? NameKind::Mentions : NameKind::Harmless;
}

bool may_be_secret(std::string_view value, NameKind kind, Writing writing) {
  if (value.empty()) return false;
  const std::string lower = to_lower_ascii(value);
  if (is_among(lower, kOrdinaryValues) || is_placeholder(value, lower)) return false;
  switch (kind) {
    case NameKind::Harmless: return false;
    case NameKind::Mentions: return has_random_part(value, 20);
    case NameKind::Secret: return may_be_token(value, writing);
    case NameKind::Password: return may_be_password(value, writing, lower);
    case NameKind::Authorization: return looks_random(value);
  }
  return false;
}

bool is_call(std::string_view value, bool before_quote) {
  const std::size_t bracket = value.find_first_of("([");
  if (bracket == value.npos || bracket == 0 || !is_word_like(value.substr(0, bracket))) {
    return false;
  }
  const std::string_view inside = value.substr(bracket + 1);
  if (inside.empty()) return before_quote;
  const std::size_t closed = inside.find_first_of(")]");
  return closed != inside.npos && makeup_of(inside).digits == 0;
}

}  // namespace temper
