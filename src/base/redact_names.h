// The part of base/redact.h that judges `NAME = value`: is it a secret by its name, and
// can the value be one?
#pragma once

#include <string_view>

namespace temper {

enum class NameKind {
  Harmless,
  Mentions,       // a word of secrets somewhere: TOKEN_FOR_CI
  Secret,         // names a token, a key or a secret: apiKey, GITHUB_TOKEN
  Password,       // DB_PASSWORD, passphrase
  Authorization,  // the HTTP header
};

NameKind judge_name(std::string_view name);

// How a value stands in the text.
enum class Writing {
  Quoted,       // "password": "..."
  Environment,  // DB_PASSWORD=...: an upper-case name, no space before, no quotes
  Bare,         // password: ..., which may be code
};

// Whether a secret of that kind of name may look like `value`: not a placeholder, not a
// variable, not a word.
bool may_be_secret(std::string_view value, NameKind kind, Writing writing);

// Whether `value` calls or indexes something, as `getpass()` and `os.environ["X"]`, of
// which only the part before the quote is given.
bool is_call(std::string_view value, bool before_quote);

}  // namespace temper
