#include "engine/dialect/json_call.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/json.h"

namespace temper::engine {
namespace {

bool among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

CallVerdict JsonCallReader::feed(const Symbol& symbol) {
  if (symbol.marker == nullptr) return feed_byte(symbol.byte);
  const bool in_text = inside_ == Inside::Text || (inside_ == Inside::Object && object_.in_text());
  if (!in_text) return malformed("a control token stands in the middle of it");
  CallVerdict verdict = CallVerdict::More;
  for (const char byte : symbol.text()) {
    if (verdict == CallVerdict::More && !output_.failure()) verdict = feed_byte(byte);
  }
  return verdict;
}

CallVerdict JsonCallReader::feed_byte(char byte) {
  switch (inside_) {
    case Inside::Text: return in_text(byte);
    case Inside::Object: return in_object(byte);
    case Inside::Word: return in_word(byte);
    case Inside::Nothing: break;
  }
  return is_json_space(byte) ? CallVerdict::More : between(byte);
}

CallVerdict JsonCallReader::between(char byte) {
  switch (place_) {
    case Place::Start:
      if (byte != '{') return CallVerdict::Refused;
      place_ = Place::FirstKey;
      return CallVerdict::More;
    case Place::FirstKey:
    case Place::Key:
      if (byte == '}') return close();
      if (byte != '"') return malformed("a key in quotes was expected");
      return begin_key();
    case Place::Colon:
      if (byte != ':') return malformed("a colon was expected after a key");
      place_ = Place::Value;
      return CallVerdict::More;
    case Place::Value: return begin_value(byte);
    case Place::After:
      if (byte == '}') return close();
      if (byte != ',') return malformed("a comma or the end was expected after its arguments");
      place_ = Place::Key;
      return CallVerdict::More;
  }
  return CallVerdict::More;
}

CallVerdict JsonCallReader::begin_key() {
  inside_ = Inside::Text;
  text_is_key_ = true;
  text_ = '"';
  return CallVerdict::More;
}

CallVerdict JsonCallReader::begin_value(char byte) {
  if (role_ == Role::Arguments) return begin_arguments(byte);
  if (byte == '"') {
    inside_ = Inside::Text;
    text_is_key_ = false;
    text_ = byte;
    return CallVerdict::More;
  }
  if (role_ == Role::Wrapper && byte == '{') {
    ++wrappers_;
    place_ = Place::FirstKey;
    return CallVerdict::More;
  }
  if (role_ == Role::Name) return malformed("its name is not a text");
  if (byte == '{' || byte == '[') {
    inside_ = Inside::Object;
    object_ = JsonTranscoder();
    return in_object(byte);
  }
  inside_ = Inside::Word;
  text_.clear();
  return in_word(byte);
}

CallVerdict JsonCallReader::begin_arguments(char byte) {
  if (has_arguments_) return malformed("it has arguments twice");
  if (byte == '"') {
    inside_ = Inside::Text;
    text_is_key_ = false;
    text_ = byte;
    return CallVerdict::More;
  }
  if (byte == 'n') {
    inside_ = Inside::Word;
    text_.clear();
    return in_word(byte);
  }
  if (byte != '{') return malformed("its arguments are not an object");
  if (!name_.empty()) output_.begin_call(name_, id_);
  inside_ = Inside::Object;
  object_ = JsonTranscoder();
  return in_object(byte);
}

CallVerdict JsonCallReader::in_text(char byte) {
  if (text_.size() > ReaderOutput::kMaxArgumentBytes) return malformed("a text in it is too long");
  text_ += byte;
  if (escaped_) {
    escaped_ = false;
  } else if (byte == '\\') {
    escaped_ = true;
  } else if (byte == '"') {
    inside_ = Inside::Nothing;
    return end_text();
  }
  return CallVerdict::More;
}

CallVerdict JsonCallReader::end_text() {
  const Result<Json> parsed = parse_json(text_);
  if (!parsed) return malformed("a text in it is no JSON");
  const std::string& text = *parsed->string();
  if (text_is_key_) {
    place_ = Place::Colon;
    role_ = Role::Other;
    if (among(text, {"name", "tool", "tool_name"})) role_ = Role::Name;
    if (among(text, {"arguments", "parameters", "args", "params", "input"}))
      role_ = Role::Arguments;
    if (among(text, {"id", "call_id"})) role_ = Role::Id;
    if (among(text, {"function", "tool_call"})) role_ = Role::Wrapper;
    if (strict_ && role_ == Role::Other && text != "type") return CallVerdict::Refused;
    return CallVerdict::More;
  }
  place_ = Place::After;
  if (role_ == Role::Id) id_ = text;
  if (role_ == Role::Arguments) {
    const Result<Json> inner = parse_json(text);
    if (!inner || !inner->is_object()) return malformed("its arguments are no JSON object");
    take_arguments(inner->dump());
  }
  if (role_ == Role::Name || role_ == Role::Wrapper) {
    if (!name_.empty() || !ReaderOutput::is_name(text)) return malformed("its name is none");
    name_ = text;
  }
  return CallVerdict::More;
}

CallVerdict JsonCallReader::in_object(char byte) {
  std::string json;
  const JsonTranscoder::State state = object_.feed(byte, json);
  if (role_ == Role::Arguments) {
    if (output_.call_open()) {
      output_.arguments(json);
    } else if (waiting_.size() > ReaderOutput::kMaxArgumentBytes) {
      return malformed("its arguments are too long");
    } else {
      waiting_ += json;
    }
  }
  if (state == JsonTranscoder::State::Bad) return malformed(object_.why());
  if (state == JsonTranscoder::State::Done) {
    has_arguments_ = has_arguments_ || role_ == Role::Arguments;
    inside_ = Inside::Nothing;
    place_ = Place::After;
  }
  return CallVerdict::More;
}

CallVerdict JsonCallReader::in_word(char byte) {
  const bool ends = byte == ',' || byte == '}' || is_json_space(byte);
  if (!ends) {
    if (text_.size() == 64) return malformed("a word in it is no JSON");
    text_ += byte;
    return CallVerdict::More;
  }
  inside_ = Inside::Nothing;
  place_ = Place::After;
  const Result<Json> word = parse_json(text_);
  if (!word) return malformed("a word in it is no JSON");
  if (role_ == Role::Arguments) {
    if (!word->is_null()) return malformed("its arguments are not an object");
    take_arguments("{}");
  }
  return is_json_space(byte) ? CallVerdict::More : between(byte);
}

void JsonCallReader::take_arguments(std::string json) {
  has_arguments_ = true;
  waiting_ = std::move(json);
}

CallVerdict JsonCallReader::close() {
  if (wrappers_ > 0) {
    --wrappers_;
    place_ = Place::After;
    return CallVerdict::More;
  }
  if (!output_.call_open()) {
    if (name_.empty() || (strict_ && !has_arguments_)) return CallVerdict::Refused;
    output_.begin_call(name_, id_);
    output_.arguments(has_arguments_ ? waiting_ : "{}");
  }
  output_.end_call();
  return CallVerdict::Finished;
}

CallVerdict JsonCallReader::malformed(std::string_view why) {
  if (!output_.call_open()) return CallVerdict::Refused;
  output_.fail(why);
  return CallVerdict::More;
}

}  // namespace temper::engine
