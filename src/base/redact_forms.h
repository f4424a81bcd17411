// The part of base/redact.h that knows no secret: what one looks like.
#pragma once

#include <string>
#include <string_view>

namespace temper {

// "[redacted:KIND]".
std::string marker_of(std::string_view kind);

// Whether `text` occurs in some marker, so that hiding it would never end.
bool is_part_of_marker(std::string_view text);

// The text with a marker in place of everything that has the form of a secret.
std::string hide_secret_forms(std::string_view text);

}  // namespace temper
