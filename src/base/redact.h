// Keeping secrets out of logs, records and reports: known values, and what looks like
// a key, token or password by its form or by the name before it.
//
// A net with known holes, not a wall: a secret in an unknown form, without a name, that
// nobody registered, passes. In doubt ordinary text and code (`token_count = 5`,
// `password = getpass()`) is left as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper {

// Secrets are added before the redactor is shared; redact may then be called from any
// thread.
class Redactor {
 public:
  // From now on `value` (without white space at its ends) is hidden wherever it stands,
  // also as it is written within a JSON string: with "\/", or in ASCII alone, too. False, and
  // nothing is done, when it has fewer than 6 bytes or is a part of what is put in its place:
  // hiding it would hurt more than it helps.
  bool add_secret(std::string_view value);

  // The text with "[redacted:KIND]" in place of each secret. Takes time proportional to
  // the length of the text. To redact again changes nothing, and valid UTF-8 stays so.
  std::string redact(std::string_view text) const;

 private:
  std::string hide_known(std::string_view text) const;

  std::vector<std::string> secrets_;
};

}  // namespace temper
