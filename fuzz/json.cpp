// Whatever is read can be written and read again without a change; whatever is refused
// is refused in one printable line.
#include "base/json.h"

#include <cstdint>

#include "base/utf8.h"
#include "base/verify.h"

using namespace temper;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const JsonLimits limits{.max_bytes = 1 << 16, .max_depth = 20, .max_values = 2000};
  const Result<Json> json = parse_json(text, limits);
  if (!json) {
    const std::string& message = json.error().message;
    VERIFY(is_valid_utf8(message) && message.size() < 400, "messages are short and valid");
    for (char byte : message) {
      VERIFY(static_cast<std::uint8_t>(byte) >= 0x20, "messages are one line");
    }
    return 0;
  }
  VERIFY(is_valid_utf8(text), "only valid UTF-8 is read");
  // A value may be longer than its source ("1e9"), so without the limit on bytes.
  const JsonLimits any_length{.max_depth = limits.max_depth, .max_values = limits.max_values};
  for (const std::string& written : {json->dump(), json->dump_pretty()}) {
    const Result<Json> again = parse_json(written, any_length);
    VERIFY(again.ok(), "what is written can be read");
    VERIFY(*again == *json, "what is written is what was read");
    VERIFY(again->dump() == json->dump(), "writing is deterministic");
  }
  VERIFY(json->dump().find('\n') == std::string::npos, "dump keeps to one line");
  return 0;
}
