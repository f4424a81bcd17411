// The environment variables, as a value that is passed in: tests have their own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace temper {

class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables)
      : variables_(std::move(variables)) {}

  // A copy of the process's environment at this moment.
  static Environment of_process();

  std::optional<std::string> get(std::string_view name) const;
  // As get, but an empty value counts as none, which is what XDG and NO_COLOR ask for.
  std::optional<std::string> get_non_empty(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
  void unset(std::string_view name);

  const std::map<std::string, std::string, std::less<>>& variables() const { return variables_; }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace temper
