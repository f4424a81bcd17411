// To redact again changes nothing, valid text stays valid, and no registered secret
// survives.
//
// Up to the first line break stand secrets to register, with tabs between them.
#include "base/redact.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"
#include "base/verify.h"

using namespace temper;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t head = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(std::min(head + 1, input.size()));

  Redactor redactor;
  std::vector<std::string_view> secrets;
  for (std::string_view value : split(input.substr(0, head), '\t')) {
    // One with a bracket may be made of a piece of text and a piece of a marker.
    if (value.find_first_of("[]") != value.npos || !is_valid_utf8(value)) continue;
    if (redactor.add_secret(value)) secrets.push_back(trim(value));
  }
  const std::string hidden = redactor.redact(text);
  VERIFY(redactor.redact(hidden) == hidden, "to redact again changes nothing");
  VERIFY(!is_valid_utf8(text) || is_valid_utf8(hidden), "valid text stays valid");
  for (std::string_view secret : secrets) {
    VERIFY(hidden.find(secret) == hidden.npos, "no registered secret survives");
  }
  return 0;
}
