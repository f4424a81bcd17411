// Where in foreign text a call may begin, and reading it from there: in any of the
// dialects, without their control tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dialect/call_reader.h"
#include "engine/dialect/foreign_json.h"
#include "engine/dialect/schemas.h"

namespace temper::engine {

class ForeignCandidate {
 public:
  virtual ~ForeignCandidate() = default;
  // The next byte. After Finished there are calls, perhaps none that counts; after Refused
  // the text is no call.
  virtual CallVerdict feed(char byte) = 0;
  virtual std::vector<ForeignCall> calls() = 0;
};

enum class Opens : std::uint8_t {
  Nothing,  // no call begins so
  Unclear,  // more of the text would tell
  Call,
};

struct Opening {
  Opens opens = Opens::Nothing;
  std::unique_ptr<ForeignCandidate> candidate = nullptr;
  std::size_t fed = 0;  // how much of the text the candidate has had
};

// What the beginning of a text opens. `schemas` must outlive the candidate.
Opening open_call(std::string_view text, const ToolSchemas& schemas);

// The same for what may follow text on its line: only what nobody would write by chance.
Opening open_call_within_line(std::string_view text, const ToolSchemas& schemas);

// What may stand behind a call and says nothing: the length of the tag that the text begins
// with, 0 where there is none, and npos where more of the text would tell.
std::size_t closing_length(std::string_view text);

// All of the text as calls, one after the other; empty where anything else is in it.
std::vector<ForeignCall> calls_in_block(std::string_view text, const ToolSchemas& schemas);

}  // namespace temper::engine
