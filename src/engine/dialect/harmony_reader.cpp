#include "engine/dialect/harmony_reader.h"

#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace temper::engine {
namespace {

constexpr std::size_t kMaxHeaderBytes = 1024;
constexpr std::string_view kStart = "<|start|>";
constexpr std::string_view kMessage = "<|message|>";
constexpr std::string_view kFunctions = "functions.";
constexpr std::string_view kRole = "assistant";

// The word after `key` in a header; empty where there is none.
std::string_view word_after(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(key);
  if (at == header.npos) return {};
  std::string_view word = header.substr(at + key.size());
  return word.substr(0, word.find_first_of(" \t\r\n<"));
}

}  // namespace

HarmonyReader::HarmonyReader(ReaderOutput& output, std::string_view prompt_end) : output_(output) {
  const std::size_t start = prompt_end.rfind(kStart);
  if (start == prompt_end.npos) return;
  std::string_view header = prompt_end.substr(start + kStart.size());
  const std::size_t message = header.find(kMessage);
  header_ = header.substr(0, message);
  if (header_ == kRole) header_.clear();  // what follows may be no header at all
  if (message != header.npos) begin_message();
}

void HarmonyReader::symbol(const Symbol& symbol) {
  if (turn_ended_ || output_.failure()) return;
  switch (place_) {
    case Place::Header: return in_header(symbol);
    case Place::Speech: return in_speech(symbol);
    case Place::CallStart: return in_call_start(symbol);
    case Place::Call: return in_call(symbol);
    case Place::Outside: return outside(symbol);
  }
}

void HarmonyReader::end() {
  if (output_.failure() || output_.call_open()) return;
  // A header that was cut short says nothing; other text where one was expected does.
  const bool is_text = place_ == Place::Header && header_.find("<|") == header_.npos &&
                       header_.find("to=") == header_.npos && !kRole.starts_with(header_);
  if (is_text) output_.say(SpeechKind::Text, header_);
  output_.end_speech({});
}

void HarmonyReader::in_header(const Symbol& symbol) {
  switch (symbol.kind()) {
    case MarkerKind::Message: return begin_message();
    case MarkerKind::Start: header_.clear(); return;
    case MarkerKind::TurnEnd: turn_ended_ = true; return;
    case MarkerKind::MessageEnd: place_ = Place::Outside; return;
    default: break;
  }
  header_ += symbol.text();
  if (header_.size() <= kMaxHeaderBytes) return;
  begin_speech(SpeechKind::Text);
  output_.say(kind_, std::exchange(header_, {}));
}

void HarmonyReader::begin_message() {
  recipient_ = word_after(header_, "to=");
  if (!recipient_.empty() && recipient_ != "assistant" && recipient_ != "user" &&
      recipient_ != "all") {
    place_ = Place::CallStart;
    return;
  }
  const bool thinks = word_after(header_, "<|channel|>") == "analysis";
  begin_speech(thinks ? SpeechKind::Thinking : SpeechKind::Text);
}

void HarmonyReader::begin_speech(SpeechKind kind) {
  // Two messages are two paragraphs.
  if (said_before_ && kind == kind_) output_.say(kind, "\n\n");
  kind_ = kind;
  said_before_ = false;
  place_ = Place::Speech;
}

// Symbols that end a message, whatever it is.
bool HarmonyReader::ends_message(const Symbol& symbol) {
  switch (symbol.kind()) {
    case MarkerKind::MessageEnd: place_ = Place::Outside; return true;
    case MarkerKind::TurnEnd: turn_ended_ = true; return true;
    case MarkerKind::Start:
    case MarkerKind::Channel:
      place_ = Place::Header;
      header_ = symbol.kind() == MarkerKind::Channel ? symbol.text() : std::string_view{};
      return true;
    default: return false;
  }
}

void HarmonyReader::in_speech(const Symbol& symbol) {
  if (ends_message(symbol)) {
    output_.end_speech({});
    return;
  }
  output_.say(kind_, symbol.text());
  said_before_ = said_before_ || symbol.marker != nullptr || !is_json_space(symbol.byte);
}

void HarmonyReader::in_call_start(const Symbol& symbol) {
  if (symbol.marker == nullptr && is_json_space(symbol.byte)) return;
  std::string_view name = recipient_;
  const bool is_function = name.starts_with(kFunctions);
  if (is_function) name.remove_prefix(kFunctions.size());
  const bool is_object = symbol.marker == nullptr && symbol.byte == '{';
  if (ReaderOutput::is_name(name) && is_object) {
    output_.begin_call(name);
    arguments_ = JsonTranscoder();
    place_ = Place::Call;
    return in_call(symbol);
  }
  if (ReaderOutput::is_name(name) && is_function && ends_message(symbol)) {
    output_.begin_call(name);
    output_.arguments("{}");
    output_.end_call();
    return;
  }
  // Not what a call is: all of it is shown.
  begin_speech(SpeechKind::Text);
  output_.say(kind_, trim(header_));
  output_.say(kind_, ": ");
  in_speech(symbol);
}

void HarmonyReader::in_call(const Symbol& symbol) {
  if (symbol.marker != nullptr) {
    output_.fail("its arguments end too early");
    return;
  }
  std::string json;
  const JsonTranscoder::State state = arguments_.feed(symbol.byte, json);
  output_.arguments(json);
  if (state == JsonTranscoder::State::Bad) output_.fail(arguments_.why());
  if (state != JsonTranscoder::State::Done) return;
  output_.end_call();
  said_before_ = false;
  place_ = Place::Outside;
}

void HarmonyReader::outside(const Symbol& symbol) {
  if (ends_message(symbol) || (symbol.marker == nullptr && is_json_space(symbol.byte))) return;
  begin_speech(SpeechKind::Text);
  in_speech(symbol);
}

}  // namespace temper::engine
