#include "agent/evidence/signature.h"

#include <doctest/doctest.h>
namespace temper::agent {
namespace {
TEST_CASE("signature: smoke") {
  CHECK(failure_signature("a.c:3:4: error: x", 1) == failure_signature("a.c:7:4: error: x", 1));
}
}  // namespace
}  // namespace temper::agent
