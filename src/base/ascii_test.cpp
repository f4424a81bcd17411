#include "base/ascii.h"

#include <doctest/doctest.h>

#include <string>

namespace temper {
namespace {

// All bytes for which `is_so` holds, in their order.
std::string bytes_that(bool (*is_so)(char)) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    if (is_so(static_cast<char>(byte))) bytes += static_cast<char>(byte);
  }
  return bytes;
}

TEST_CASE("ascii: the bytes of each kind") {
  const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string lower = "abcdefghijklmnopqrstuvwxyz";
  CHECK(bytes_that(is_lower) == lower);
  CHECK(bytes_that(is_upper) == upper);
  CHECK(bytes_that(is_digit) == "0123456789");
  CHECK(bytes_that(is_alnum) == "0123456789" + upper + lower);
  CHECK(bytes_that(is_hex_digit) == "0123456789ABCDEFabcdef");
}

}  // namespace
}  // namespace temper
