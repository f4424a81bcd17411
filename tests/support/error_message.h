// What a message about foreign bytes must be, whatever they were: for fuzz targets.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/utf8.h"
#include "base/verify.h"

namespace temper::testing {

inline void check_message(std::string_view message, std::size_t most_bytes) {
  VERIFY(is_valid_utf8(message) && message.size() < most_bytes, "messages are short and valid");
  for (const char byte : message) {
    VERIFY(static_cast<std::uint8_t>(byte) >= 0x20, "messages are one line");
  }
}

}  // namespace temper::testing
