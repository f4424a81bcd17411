// Mistral's calls, after [TOOL_CALLS]: NAME[ARGS]{...}, perhaps with [CALL_ID] and an id
// between, or a list of JSON calls, or one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/dialect/call_reader.h"
#include "engine/dialect/json_call.h"
#include "engine/dialect/transcoder.h"

namespace temper::engine {

class MistralCallReader : public CallReader {
 public:
  explicit MistralCallReader(ReaderOutput& output) : output_(output) {}

  CallVerdict feed(const Symbol& symbol) override;

 private:
  enum class Place : std::uint8_t { Start, Name, Id, Arguments, ListItem, AfterItem, Item };

  CallVerdict start(char byte);
  CallVerdict in_name(const Symbol& symbol);
  CallVerdict in_id(const Symbol& symbol);
  CallVerdict in_arguments(const Symbol& symbol);
  CallVerdict in_item(const Symbol& symbol);
  CallVerdict after_item(char byte);

  ReaderOutput& output_;
  Place place_ = Place::Start;
  bool in_list_ = false;
  std::string name_;
  std::string id_;
  bool arguments_began_ = false;
  JsonTranscoder arguments_;
  std::optional<JsonCallReader> item_;
};

}  // namespace temper::engine
