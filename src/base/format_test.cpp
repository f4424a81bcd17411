#include "base/format.h"

#include <doctest/doctest.h>

namespace temper {
namespace {

TEST_CASE("format: bytes for people") {
  CHECK(format_bytes(0) == "0 B");
  CHECK(format_bytes(1023) == "1023 B");
  CHECK(format_bytes(1024) == "1.0 KiB");
  CHECK(format_bytes(1536) == "1.5 KiB");
  CHECK(format_bytes(1024 * 1024 - 1) == "1.0 MiB");  // never "1024.0 KiB"
  CHECK(format_bytes(UINT64_MAX) == "16.0 EiB");
}

TEST_CASE("format: digits in groups") {
  CHECK(format_grouped(0) == "0");
  CHECK(format_grouped(999) == "999");
  CHECK(format_grouped(1000) == "1,000");
  CHECK(format_grouped(123456) == "123,456");
  CHECK(format_grouped(UINT64_MAX) == "18,446,744,073,709,551,615");
}

TEST_CASE("format: counts for people") {
  CHECK(format_count(999) == "999");
  CHECK(format_count(1000) == "1.00 k");
  CHECK(format_count(1234567) == "1.23 M");
  CHECK(format_count(27400000000) == "27.4 B");
  CHECK(format_count(999999) == "1.00 M");
}

}  // namespace
}  // namespace temper
