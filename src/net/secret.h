// A key or token: a value that only who sends it looks at.
#pragma once

#include <string>
#include <utility>

namespace temper::net {

// There is no way to print or compare one by mistake.
class Secret {
 public:
  explicit Secret(std::string value) : value_(std::move(value)) {}

  // For the place that sends it, and for Redactor::add_secret.
  const std::string& reveal() const { return value_; }

 private:
  std::string value_;
};

}  // namespace temper::net
