#include "engine/dialect/xml_call.h"

#include <utility>

#include "base/ascii.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"

namespace temper::engine {
namespace {

constexpr std::string_view kFunction = "<function=";
constexpr std::string_view kFunctionEnd = "</function>";
constexpr std::string_view kParameter = "<parameter=";
constexpr std::string_view kParameterEnd = "</parameter>";
constexpr std::string_view kCallEnd = "</tool_call>";
constexpr std::size_t kMaxKeyBytes = 1024;
constexpr std::size_t kMaxSpaceBytes = 64;  // between the tags of a call, where they end a value

}  // namespace

CallVerdict XmlCallReader::feed(const Symbol& symbol) {
  CallVerdict verdict = CallVerdict::More;
  for (const char byte : symbol.text()) {
    // A marker is refused whole: it may open the next call.
    if (symbol.marker != nullptr && place_ < Place::Between) return CallVerdict::Refused;
    verdict = feed_byte(byte);
    if (verdict != CallVerdict::More || output_.failure()) break;
  }
  return verdict;
}

CallVerdict XmlCallReader::feed_byte(char byte) {
  switch (place_) {
    case Place::Function: return in_function_tag(byte);
    case Place::Name: return in_name(byte);
    case Place::Between: return in_between(byte);
    case Place::Key: return in_key(byte);
    case Place::ValueStart:
      place_ = Place::Value;
      begin_value();
      return byte == '\n' ? CallVerdict::More : in_value(byte);
    case Place::Value: return in_value(byte);
  }
  return CallVerdict::More;
}

CallVerdict XmlCallReader::in_function_tag(char byte) {
  if (word_.empty() && is_json_space(byte) && opening_ == CallOpening::Marked)
    return CallVerdict::More;
  if (byte != kFunction[word_.size()]) return CallVerdict::Refused;
  word_ += byte;
  if (word_.size() == kFunction.size()) {
    word_.clear();
    place_ = Place::Name;
  }
  return CallVerdict::More;
}

CallVerdict XmlCallReader::in_name(char byte) {
  if (byte == '>') {
    const std::string name(trim(std::exchange(word_, {})));
    if (!ReaderOutput::is_name(name)) return CallVerdict::Refused;
    if (opening_ == CallOpening::Bare && !schemas_.knows(name)) return CallVerdict::Refused;
    name_ = name;
    output_.begin_call(name_);
    place_ = Place::Between;
    return CallVerdict::More;
  }
  if (byte == '\n' || byte == '<' || word_.size() > ReaderOutput::kMaxNameBytes) {
    return CallVerdict::Refused;
  }
  word_ += byte;
  return CallVerdict::More;
}

CallVerdict XmlCallReader::in_between(char byte) {
  if (word_.empty() && is_json_space(byte)) return CallVerdict::More;
  word_ += byte;
  if (word_ == kParameter) {
    word_.clear();
    place_ = Place::Key;
  } else if (word_ == kFunctionEnd || word_ == kCallEnd) {
    return end_call();
  } else if (!kParameter.starts_with(word_) && !kFunctionEnd.starts_with(word_) &&
             !kCallEnd.starts_with(word_)) {
    output_.fail(format("\"{}\" stands where <parameter=...> or </function> was expected", word_));
  }
  return CallVerdict::More;
}

CallVerdict XmlCallReader::in_key(char byte) {
  if (byte == '>') {
    key_ = trim(std::exchange(word_, {}));
    if (key_.empty()) output_.fail("a parameter has no name");
    place_ = Place::ValueStart;
  } else if (byte == '\n' || word_.size() == kMaxKeyBytes) {
    output_.fail("the name of a parameter has no end");
  } else {
    word_ += byte;
  }
  return CallVerdict::More;
}

// `word_` is what may be the end of the value: a short text, looked at anew with every
// byte.
CallVerdict XmlCallReader::in_value(char byte) {
  word_ += byte;
  while (!word_.empty()) {
    const Next next = next_after_value();
    if (next == Next::Maybe) return CallVerdict::More;
    if (next != Next::None) {
      word_.clear();
      end_value();
      place_ = Place::Key;
      return next == Next::End ? end_call() : CallVerdict::More;
    }
    add_to_value(word_.front());
    word_.erase(0, 1);
  }
  return CallVerdict::More;
}

XmlCallReader::Next XmlCallReader::next_after_value() const {
  std::string_view rest = word_;
  const bool on_its_own_line = rest.starts_with('\n');
  if (on_its_own_line) rest.remove_prefix(1);
  if (rest.size() < kParameterEnd.size()) {
    return kParameterEnd.starts_with(rest) ? Next::Maybe : Next::None;
  }
  if (!rest.starts_with(kParameterEnd)) return Next::None;
  rest.remove_prefix(kParameterEnd.size());
  // A tag at the end of a line of text is one only where the next is at a line's beginning.
  std::size_t spaces = 0;
  while (spaces < rest.size() && is_json_space(rest[spaces])) ++spaces;
  const bool plain = spaces == 0 || (spaces == 1 && rest.front() == '\n');
  if (spaces > kMaxSpaceBytes || (!on_its_own_line && !plain)) return Next::None;
  rest.remove_prefix(spaces);
  if (rest == kParameter) return Next::Parameter;
  if (rest == kFunctionEnd || rest == kCallEnd) return Next::End;
  const bool begins =
      kParameter.starts_with(rest) || kFunctionEnd.starts_with(rest) || kCallEnd.starts_with(rest);
  return begins ? Next::Maybe : Next::None;
}

void XmlCallReader::begin_value() {
  types_ = schemas_.types(name_, key_);
  std::string json = count_++ == 0 ? "{" : ", ";
  json += Json(key_).dump() + ": ";
  if (types_.only_text()) json += '"';
  output_.arguments(json);
}

void XmlCallReader::add_to_value(char byte) {
  if (types_.only_text()) {
    std::string json;
    append_json_escaped(json, std::string_view(&byte, 1));
    output_.arguments(json);
  } else if (value_.size() <= ReaderOutput::kMaxArgumentBytes) {
    value_ += byte;
  }
}

void XmlCallReader::end_value() {
  if (types_.only_text()) {
    output_.arguments("\"");
  } else {
    output_.arguments(argument_json(types_, std::exchange(value_, {})));
  }
}

CallVerdict XmlCallReader::end_call() {
  output_.arguments(count_ == 0 ? "{}" : "}");
  output_.end_call();
  return CallVerdict::Finished;
}

}  // namespace temper::engine
