#include "wire/errors.h"

#include <doctest/doctest.h>

#include <string>

#include "base/file.h"
#include "base/format.h"
#include "base/utf8.h"

namespace temper::wire {
namespace {

std::string outcome(const ServerError& error) {
  const bool may_help = error.retry == chat::Retry::MayHelp;
  return format("{} {} {}", code_name(error.error.code), may_help ? "may_help" : "useless",
                error.context_tokens.value_or(0));
}

// Sentences that servers have been seen to write, and what each means.
TEST_CASE("errors: every server's own words") {
  const Result<std::string> text =
      read_file(TEMPER_SOURCE_DIR "/tests/golden/wire/errors.json", 1 << 20);
  REQUIRE(text);
  const Result<Json> rows = parse_json(*text);
  REQUIRE(rows);
  CHECK(rows->items()->size() > 50);
  for (const Json& row : *rows->items()) {
    CAPTURE(*row.string_at("server"));
    const Json* context = row.find("context");
    const std::int64_t length = context == nullptr ? 0 : *context->as_integer();
    const ServerError error =
        error_of_answer(static_cast<int>(*row.integer_at("status")), *row.string_at("body"));
    CHECK(outcome(error) ==
          format("{} {} {}", *row.string_at("code"), *row.string_at("retry"), length));
    CHECK(!error.error.message.empty());
  }
}

TEST_CASE("errors: what is said of them") {
  const auto message = [](int status, std::string_view body) {
    return error_of_answer(status, body).error.message;
  };
  CHECK(message(400, R"({"error":{"message":"no \u001b[1m good"}})") ==
        "the server refused the request (status 400): no \\x1b[1m good");
  CHECK(message(502, "<html>") == "the server failed (status 502); it may help to ask again");
  CHECK(message(400, "first\nsecond") == "the server refused the request (status 400): first");
  CHECK(message(422, R"({"detail":[{"msg":"one"},{"msg":"two"}]})") ==
        "the server refused the request (status 422): one; two");
  const std::string invalid = message(400, "\xff\xfe no");
  CHECK(is_valid_utf8(invalid));
  CHECK(message(400, std::string(100'000, 'x')).size() < 1000);
}

}  // namespace
}  // namespace temper::wire
