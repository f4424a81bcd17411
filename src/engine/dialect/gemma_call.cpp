#include "engine/dialect/gemma_call.h"

#include "base/text.h"

namespace temper::engine {
namespace {

constexpr std::string_view kCall = "call:";

}  // namespace

CallVerdict GemmaCallReader::feed(const Symbol& symbol) {
  if (in_arguments_) return in_arguments(symbol);
  if (symbol.marker != nullptr) return CallVerdict::Refused;
  return in_name(symbol.byte);
}

CallVerdict GemmaCallReader::in_name(char byte) {
  if (name_.empty() && (byte == ' ' || byte == '\n')) return CallVerdict::More;
  if (name_.size() < kCall.size()) {
    if (byte != kCall[name_.size()]) return CallVerdict::Refused;
    name_ += byte;
    return CallVerdict::More;
  }
  if (byte != '{') {
    if (byte == '\n' || name_.size() > kCall.size() + ReaderOutput::kMaxNameBytes) {
      return CallVerdict::Refused;
    }
    name_ += byte;
    return CallVerdict::More;
  }
  const std::string_view name = trim(std::string_view(name_).substr(kCall.size()));
  if (!ReaderOutput::is_name(name)) return CallVerdict::Refused;
  output_.begin_call(name);
  in_arguments_ = true;
  return in_arguments({.byte = byte});
}

CallVerdict GemmaCallReader::in_arguments(const Symbol& symbol) {
  std::string json;
  JsonTranscoder::State state = JsonTranscoder::State::More;
  if (symbol.kind() == MarkerKind::Quote) {
    state = arguments_.feed_quote(json);
  } else if (symbol.marker != nullptr && !arguments_.in_text()) {
    output_.fail("a control token stands in the middle of its arguments");
    return CallVerdict::More;
  } else {
    for (const char byte : symbol.text()) {
      if (state == JsonTranscoder::State::More) state = arguments_.feed(byte, json);
    }
  }
  output_.arguments(json);
  if (state == JsonTranscoder::State::Bad) output_.fail(arguments_.why());
  if (state != JsonTranscoder::State::Done) return CallVerdict::More;
  output_.end_call();
  return CallVerdict::Finished;
}

}  // namespace temper::engine
