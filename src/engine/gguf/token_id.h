// A token, as an index into the vocabulary of a model file.
#pragma once

#include <cstdint>

namespace temper::engine {

using TokenId = std::int32_t;

}  // namespace temper::engine
