#include "engine/dialect/mistral_call.h"

#include "base/ascii.h"
#include "base/text.h"

namespace temper::engine {
namespace {

constexpr std::size_t kMaxIdBytes = 64;

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.' || byte == ':' ||
         byte == '/';
}

}  // namespace

CallVerdict MistralCallReader::feed(const Symbol& symbol) {
  switch (place_) {
    case Place::Name: return in_name(symbol);
    case Place::Id: return in_id(symbol);
    case Place::Arguments: return in_arguments(symbol);
    case Place::Item: return in_item(symbol);
    case Place::Start:
    case Place::ListItem:
    case Place::AfterItem: break;
  }
  if (symbol.marker != nullptr) return CallVerdict::Refused;
  if (is_json_space(symbol.byte)) return CallVerdict::More;
  return place_ == Place::AfterItem ? after_item(symbol.byte) : start(symbol.byte);
}

CallVerdict MistralCallReader::start(char byte) {
  if (byte == '{') {
    item_.emplace(CallOpening::Marked, output_);
    place_ = Place::Item;
    return in_item({.byte = byte});
  }
  if (in_list_) return byte == ']' ? CallVerdict::Finished : CallVerdict::Refused;
  if (byte == '[') {
    in_list_ = true;
    place_ = Place::ListItem;
    return CallVerdict::More;
  }
  if (!is_name_byte(byte)) return CallVerdict::Refused;
  name_ = byte;
  place_ = Place::Name;
  return CallVerdict::More;
}

CallVerdict MistralCallReader::in_name(const Symbol& symbol) {
  if (symbol.kind() == MarkerKind::Arguments) {
    place_ = Place::Arguments;
    return CallVerdict::More;
  }
  if (symbol.kind() == MarkerKind::CallId) {
    place_ = Place::Id;
    return CallVerdict::More;
  }
  // Some go on with the arguments right away.
  if (symbol.marker == nullptr && symbol.byte == '{') {
    place_ = Place::Arguments;
    return in_arguments(symbol);
  }
  if (symbol.marker != nullptr || !is_name_byte(symbol.byte)) return CallVerdict::Refused;
  if (name_.size() == ReaderOutput::kMaxNameBytes) return CallVerdict::Refused;
  name_ += symbol.byte;
  return CallVerdict::More;
}

CallVerdict MistralCallReader::in_id(const Symbol& symbol) {
  if (symbol.kind() == MarkerKind::Arguments) {
    place_ = Place::Arguments;
    return CallVerdict::More;
  }
  if (symbol.marker != nullptr || !is_name_byte(symbol.byte) || id_.size() == kMaxIdBytes) {
    return CallVerdict::Refused;
  }
  id_ += symbol.byte;
  return CallVerdict::More;
}

CallVerdict MistralCallReader::in_arguments(const Symbol& symbol) {
  if (!arguments_began_) {
    if (symbol.marker == nullptr && is_json_space(symbol.byte)) return CallVerdict::More;
    if (symbol.marker != nullptr || symbol.byte != '{') return CallVerdict::Refused;
    arguments_began_ = true;
    output_.begin_call(name_, id_);
  }
  if (symbol.marker != nullptr && !arguments_.in_text()) {
    output_.fail("a control token stands in the middle of its arguments");
    return CallVerdict::More;
  }
  for (const char byte : symbol.text()) {
    std::string json;
    const JsonTranscoder::State state = arguments_.feed(byte, json);
    output_.arguments(json);
    if (state == JsonTranscoder::State::Bad) {
      output_.fail(arguments_.why());
      return CallVerdict::More;
    }
    if (state == JsonTranscoder::State::Done) {
      output_.end_call();
      return CallVerdict::Finished;
    }
  }
  return CallVerdict::More;
}

CallVerdict MistralCallReader::in_item(const Symbol& symbol) {
  const CallVerdict verdict = item_->feed(symbol);
  if (verdict != CallVerdict::Finished || !in_list_) return verdict;
  place_ = Place::AfterItem;
  return CallVerdict::More;
}

CallVerdict MistralCallReader::after_item(char byte) {
  if (byte == ']') return CallVerdict::Finished;
  if (byte != ',') return CallVerdict::Refused;
  place_ = Place::ListItem;
  return CallVerdict::More;
}

}  // namespace temper::engine
