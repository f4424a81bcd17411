#include "wire/calls.h"

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "chat/message.h"

namespace temper::wire {

bool is_whole_json(std::string_view text) { return parse_json(text).ok(); }

Json arguments_object(std::string_view arguments) {
  Result<Json> json = parse_json(arguments);
  if (json && json->is_object()) return std::move(json).take();
  return Json::object({{"invalid_arguments", make_valid_utf8(arguments)}});
}

Error malformed_call(std::string_view name, std::string_view arguments) {
  const Result<Json> json = parse_json(arguments);
  return {Code::Corrupt,
          format("the call of {} did not happen, for its arguments are no valid JSON ({}); write "
                 "the whole call again",
                 printable(truncate_bytes(name, 100), LineBreaks::Escape),
                 json ? "they are not whole" : json.error().message)};
}

std::uint64_t calls_in(const chat::Request& request) {
  std::uint64_t calls = 0;
  for (const chat::Message& message : request.messages) calls += calls_of(message).size();
  return calls;
}

std::string CallIds::take(const std::string& given) {
  std::string id = given;
  while (id.empty() || !taken_.insert(id).second) id = format("call{:05}", ++made_);
  return id;
}

}  // namespace temper::wire
