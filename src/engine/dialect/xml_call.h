// A call as Qwen3-Coder and later write it: dialect.h has the spelling.
//
// An argument ends at </parameter> only where the next tag of the call follows, so that a
// text about such calls can be an argument. A missing </function> before </tool_call> is
// forgiven.
#pragma once

#include <cstdint>
#include <string>

#include "engine/dialect/call_reader.h"

namespace temper::engine {

class XmlCallReader : public CallReader {
 public:
  // Opened bare, only calls of known tools are calls.
  XmlCallReader(CallOpening opening, ReaderOutput& output, const ToolSchemas& schemas)
      : opening_(opening), output_(output), schemas_(schemas) {}

  CallVerdict feed(const Symbol& symbol) override;

 private:
  enum class Place : std::uint8_t { Function, Name, Between, Key, ValueStart, Value };
  enum class Next : std::uint8_t { None, Maybe, Parameter, End };

  CallVerdict feed_byte(char byte);
  CallVerdict in_function_tag(char byte);
  CallVerdict in_name(char byte);
  CallVerdict in_between(char byte);
  CallVerdict in_key(char byte);
  CallVerdict in_value(char byte);
  Next next_after_value() const;
  void begin_value();
  void add_to_value(char byte);
  void end_value();
  CallVerdict end_call();

  CallOpening opening_;
  ReaderOutput& output_;
  const ToolSchemas& schemas_;
  Place place_ = Place::Function;
  std::string word_;  // of a tag, a name or a key; what may be the end of a value
  std::string name_;
  std::string key_;
  ArgumentTypes types_;
  std::string value_;  // of arguments that are not texts
  std::size_t count_ = 0;
};

}  // namespace temper::engine
