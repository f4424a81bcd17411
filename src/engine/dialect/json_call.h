// A call as one JSON object that names the tool and has its arguments, in either order:
// {"name": NAME, "arguments": {...}}. Also with the words of other families for these
// keys, with the arguments as JSON in a string, and wrapped as {"function": {...}}.
#pragma once

#include <cstdint>
#include <string>

#include "engine/dialect/call_reader.h"
#include "engine/dialect/transcoder.h"

namespace temper::engine {

class JsonCallReader : public CallReader {
 public:
  // Opened bare, it is a call only where nothing but a name and arguments stands in it.
  JsonCallReader(CallOpening opening, ReaderOutput& output)
      : strict_(opening == CallOpening::Bare), output_(output) {}

  CallVerdict feed(const Symbol& symbol) override;

 private:
  enum class Place : std::uint8_t { Start, FirstKey, Key, Colon, Value, After };
  enum class Role : std::uint8_t { Name, Arguments, Id, Wrapper, Other };

  CallVerdict feed_byte(char byte);
  CallVerdict between(char byte);
  CallVerdict begin_key();
  CallVerdict begin_value(char byte);
  CallVerdict begin_arguments(char byte);
  CallVerdict in_text(char byte);
  CallVerdict in_object(char byte);
  CallVerdict in_word(char byte);
  CallVerdict end_text();
  CallVerdict close();
  CallVerdict malformed(std::string_view why);
  void take_arguments(std::string json);

  enum class Inside : std::uint8_t { Nothing, Text, Object, Word };

  bool strict_;
  ReaderOutput& output_;
  Place place_ = Place::Start;
  Inside inside_ = Inside::Nothing;
  Role role_ = Role::Other;
  int wrappers_ = 0;
  bool text_is_key_ = false;
  std::string text_;  // what is being read, as JSON
  bool escaped_ = false;
  JsonTranscoder object_;
  std::string name_;
  std::string id_;
  bool has_arguments_ = false;
  std::string waiting_;  // arguments that came before the name
};

}  // namespace temper::engine
