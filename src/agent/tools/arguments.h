// The arguments of a call, as a model wrote them, made to fit the schema of its tool.
//
// Forgives what leaves no doubt: other names for the same thing ("file_path"), numbers in
// quotes, objects that were written as text. Everything else is an error that says what to
// send instead. Half a call fits nothing. Knows the schemas of our own tools: an object of
// texts, numbers and truth values.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "chat/message.h"

namespace temper::agent {

// An object with the parameters of the spec alone, each of its type, those that are
// required all there. Each error ends by saying that nothing was done.
Result<Json> fit_arguments(const chat::ToolSpec& spec, std::string_view text);

// For specs. Parameters whose name begins with "?" may be left out; without a description
// theirs is not written.
struct Parameter {
  std::string_view name;
  std::string_view type = "string";
  std::string_view description = {};
};
Json parameters(const std::vector<Parameter>& parameters);

// Readers of arguments that fit: "" and `otherwise` where it was left out.
std::string text_argument(const Json& arguments, std::string_view name);
std::int64_t number_argument(const Json& arguments, std::string_view name, std::int64_t otherwise);

}  // namespace temper::agent
