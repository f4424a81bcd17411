// Reading one call, from what opens it to its end: the part of a reader that knows how a
// family spells names and arguments.
//
// Text and thinking around calls are plain_reader.cpp's business.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/dialect/dialect.h"
#include "engine/dialect/markers.h"
#include "engine/dialect/output.h"
#include "engine/dialect/schemas.h"

namespace temper::engine {

enum class CallVerdict : std::uint8_t {
  More,
  Finished,  // with this symbol
  Refused,   // this is no call, and the symbol is not taken; never inside a begun call
};

class CallReader {
 public:
  virtual ~CallReader() = default;
  // The next symbol after the one that opened the call. A begun call that turns out to be
  // malformed fails the output, which ends the reading.
  virtual CallVerdict feed(const Symbol& symbol) = 0;
};

enum class CallOpening : std::uint8_t {
  Marked,  // a marker opened it
  Bare,    // nothing did: the first symbol is part of the call, which must look like one
};

// Null for Harmony and None, which have no calls inside text. Output and schemas must
// outlive the reader.
std::unique_ptr<CallReader> make_call_reader(DialectFamily family, CallOpening opening,
                                             ReaderOutput& output, const ToolSchemas& schemas);

}  // namespace temper::engine
