#include "base/result.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>

namespace temper {
namespace {

Result<int> parse_digit(char character) {
  if (character < '0' || character > '9') return Error{Code::Invalid, "not a digit"};
  return character - '0';
}

Result<void> refuse(bool refused) {
  if (refused) return Error{Code::Denied, "refused"};
  return {};
}

Result<int> sum_of_digits(std::string_view digits) {
  TRY(refuse(digits.empty()));
  int sum = 0;
  for (char digit : digits) sum += TRY(parse_digit(digit));
  return sum;
}

std::string outcome(const Result<int>& result) {
  if (result) return std::to_string(*result);
  return std::string(code_name(result.error().code)) + ": " + result.error().message;
}

TEST_CASE("result: TRY hands values on and errors up") {
  CHECK(outcome(sum_of_digits("123")) == "6");
  CHECK(outcome(sum_of_digits("12x")) == "invalid: not a digit");
  CHECK(outcome(sum_of_digits("")) == "denied: refused");
}

Result<int> nested() { return TRY(sum_of_digits(std::to_string(TRY(sum_of_digits("99"))))); }

TEST_CASE("result: one TRY may stand in another") { CHECK(outcome(nested()) == "9"); }

Result<std::unique_ptr<int>> make_box(int value) { return std::make_unique<int>(value); }
Result<int> open_box() {
  const std::unique_ptr<int> box = TRY(make_box(7));
  return *box;
}

TEST_CASE("result: values that only move pass through") { CHECK(outcome(open_box()) == "7"); }

TEST_CASE("result: system errors name the thing, the reason and a code") {
  CHECK(system_error("cannot open /x", ENOENT) ==
        Error{Code::NotFound, "cannot open /x: No such file or directory"});
  CHECK(system_error("cannot open /x", EACCES).code == Code::Denied);
  CHECK(system_error("cannot open /x", EISDIR).code == Code::Conflict);
  CHECK(system_error("cannot open /x", ENAMETOOLONG).code == Code::Limit);
  CHECK(system_error("cannot write /x", ENOSPC).code == Code::Limit);
  CHECK(in_context("/x", Error{Code::Corrupt, "bad magic"}) ==
        Error{Code::Corrupt, "/x: bad magic"});
}

}  // namespace
}  // namespace temper
