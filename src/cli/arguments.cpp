#include "cli/command.h"

namespace temper::cli {

bool Arguments::has(std::string_view name) const { return count(name) > 0; }

std::size_t Arguments::count(std::string_view name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? 0 : found->second.size();
}

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = given_.find(name);
  if (found == given_.end()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? std::vector<std::string>{} : found->second;
}

void Arguments::add(std::string_view name, std::string_view value) {
  given_[std::string(name)].emplace_back(value);
}

void Arguments::remove(std::string_view name) {
  const auto found = given_.find(name);
  if (found != given_.end()) given_.erase(found);
}

Option json_option() { return {.name = "--json", .help = "print JSON, for a program to read"}; }

}  // namespace temper::cli
