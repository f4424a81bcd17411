// From source to tree. Knows the grammar; what filters and functions do is elsewhere.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/template/ast.h"
#include "engine/template/limits.h"

namespace temper::engine::jinja {

// Errors name the line: "line 3: {% if %} is not closed by {% endif %}".
Result<std::shared_ptr<const ParsedTemplate>> parse_template(std::string_view source,
                                                             std::string_view name,
                                                             const TemplateLimits& limits);

}  // namespace temper::engine::jinja
