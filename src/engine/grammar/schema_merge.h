// Schemas that must hold together, as one.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace temper::engine {

// A schema that allows what both objects do, read as json_grammar.h says. Where parts of
// them must be put together in turn, it says `allOf`. Unsupported, naming `place`, where it
// cannot be said.
Result<Json> merge_schemas(const Json& a, const Json& b, std::string_view place);

// Do the members of the schema, beside `without`, restrict anything?
bool restricts(const Json& schema, std::string_view without = "");

// Does the keyword say something to readers only?
bool is_annotation(std::string_view keyword);

// The schema without one of its members.
Json without_member(const Json& schema, std::string_view key);

}  // namespace temper::engine
