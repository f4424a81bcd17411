// What the readers and writers of all APIs do with calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "chat/provider.h"

namespace temper::wire {

// Is it one whole JSON value?
bool is_whole_json(std::string_view text);

// A call's arguments as an object, for APIs and templates that take nothing else. What the
// model wrote otherwise stands in it as a text.
Json arguments_object(std::string_view arguments);

// Why a call whose arguments are no JSON did not happen: a sentence for the model.
Error malformed_call(std::string_view name, std::string_view arguments);

// How many calls a conversation has.
std::uint64_t calls_in(const chat::Request& request);

// The ids of the calls of one reply: the server's, or ours where it gives none, or one twice.
class CallIds {
 public:
  // Ours go on from `calls_before`: "call00001" is the first of all.
  explicit CallIds(std::uint64_t calls_before) : made_(calls_before) {}

  std::string take(const std::string& given);

 private:
  std::uint64_t made_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace temper::wire
