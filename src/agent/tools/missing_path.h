// What to say of a path at which nothing is: evidence, rather than "not found" alone.
#pragma once

#include <string>
#include <string_view>

#include "agent/tools/listing.h"
#include "agent/tools/workspace.h"

namespace temper::agent {

// Sentences for the model: the paths that were probably meant, those with the same name
// first, and what the nearest directory that exists holds. `plain` is a path as
// Workspace::plain gives it.
std::string explain_missing(const Workspace& workspace, const Listing& listing,
                            std::string_view plain);

}  // namespace temper::agent
