// Errors as values: Result<T> is either a T or an Error, and nobody can forget it.
//
// For what the world may refuse (files, network, a model's output, a person's
// input). For what only a bug of ours can cause, see base/verify.h.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/verify.h"

namespace temper {

// What a program may want to do about an error. Few on purpose: the message
// carries the rest.
enum class Code {
  Invalid,      // the input is wrong; sending it again will fail again
  NotFound,     // what was named does not exist
  Conflict,     // it exists, but not in the state that was assumed
  Denied,       // a policy or a permission said no
  Limit,        // larger, deeper or longer than allowed
  Corrupt,      // stored data that does not match its format or checksum
  Unsupported,  // well-formed, but not something we can do
  Unavailable,  // something needed is missing or down; trying later may help
  TimedOut,     // the time limit ran out
  Stopped,      // the user or the program asked to stop
  Io,           // the system call failed for a reason of its own
};

// The name of a code as it stands in JSON output: "not_found".
std::string_view code_name(Code code);

// One sentence for a reader: what happened, to what, and what to do next.
struct Error {
  Code code = Code::Invalid;
  std::string message;

  bool operator==(const Error&) const = default;
};

// The same error, with "CONTEXT: " in front of its message.
Error in_context(std::string_view context, Error error);

// The system's word for `error_number`, as an error about `what`:
// "cannot open /x: Permission denied". ENOENT becomes NotFound, and so on.
Error system_error(std::string_view what, int error_number);

template <typename T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  // Both implicit, so that `return value;` and `return Error{...};` just work.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(value()); }  // a value: `for (x : *list())` keeps it
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    VERIFY(!ok(), "error() is asked of a Result that failed");
    return std::get<1>(held_);
  }
  Error&& error() && {
    VERIFY(!ok(), "error() is asked of a Result that failed");
    return std::get<1>(std::move(held_));
  }

  // What TRY hands on.
  T take() && { return std::move(value()); }

 private:
  T& value() {
    VERIFY(ok(), "the value is asked of a Result that succeeded");
    return *std::get_if<0>(&held_);
  }
  const T& value() const {
    VERIFY(ok(), "the value is asked of a Result that succeeded");
    return *std::get_if<0>(&held_);
  }

  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using Value = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  const Error& error() const& {
    VERIFY(!ok(), "error() is asked of a Result that failed");
    return *error_;
  }
  Error&& error() && {
    VERIFY(!ok(), "error() is asked of a Result that failed");
    return *std::move(error_);
  }

  void take() && {}

 private:
  std::optional<Error> error_;
};

}  // namespace temper

#define TEMPER_JOIN_(a, b) a##b
#define TEMPER_JOIN(a, b) TEMPER_JOIN_(a, b)

// The value of `expression`, a Result; where it failed, the enclosing function
// returns its Error. The name is unique so that one TRY may stand in another.
//
// Not inside the braces of an aggregate or an initializer list, after an element
// that owns something: the compilers (g++ 12, clang 14) forget to destroy it when
// TRY returns. Constructor calls and function arguments are fine.
#define TRY(expression) TEMPER_TRY(expression, TEMPER_JOIN(try_result_, __COUNTER__))
#define TEMPER_TRY(expression, name)  \
  __extension__({                     \
    auto name = (expression);         \
    if (!name.ok()) {                 \
      return std::move(name).error(); \
    }                                 \
    std::move(name).take();           \
  })
