#include "engine/dialect/markers.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace temper::engine {
namespace {

constexpr Marker kThink[] = {
    {MarkerKind::ThinkOpen, "<think>"},
    {MarkerKind::ThinkClose, "</think>"},
};
constexpr Marker kToolCall[] = {
    {MarkerKind::ThinkOpen, "<think>"},
    {MarkerKind::ThinkClose, "</think>"},
    {MarkerKind::CallOpen, "<tool_call>"},
    {MarkerKind::CallClose, "</tool_call>"},
};
constexpr Marker kMistral[] = {
    {MarkerKind::ThinkOpen, "[THINK]"},     {MarkerKind::ThinkClose, "[/THINK]"},
    {MarkerKind::CallOpen, "[TOOL_CALLS]"}, {MarkerKind::Arguments, "[ARGS]"},
    {MarkerKind::CallId, "[CALL_ID]"},
};
constexpr Marker kGemma[] = {
    {MarkerKind::ThinkOpen, "<|channel>"},  {MarkerKind::ThinkClose, "<channel|>"},
    {MarkerKind::CallOpen, "<|tool_call>"}, {MarkerKind::CallClose, "<tool_call|>"},
    {MarkerKind::Quote, "<|\"|>"},          {MarkerKind::TurnEnd, "<|tool_response>"},
    {MarkerKind::TurnEnd, "<turn|>"},
};
constexpr Marker kLlama[] = {
    {MarkerKind::ThinkOpen, "<think>"},       {MarkerKind::ThinkClose, "</think>"},
    {MarkerKind::CallOpen, "<|python_tag|>"}, {MarkerKind::TurnEnd, "<|eom_id|>"},
    {MarkerKind::TurnEnd, "<|eot_id|>"},
};
constexpr Marker kHarmony[] = {
    {MarkerKind::Start, "<|start|>"},         {MarkerKind::Channel, "<|channel|>"},
    {MarkerKind::Constrain, "<|constrain|>"}, {MarkerKind::Message, "<|message|>"},
    {MarkerKind::MessageEnd, "<|end|>"},      {MarkerKind::TurnEnd, "<|call|>"},
    {MarkerKind::TurnEnd, "<|return|>"},
};

}  // namespace

std::span<const Marker> markers_of(DialectFamily family) {
  switch (family) {
    case DialectFamily::None: return kThink;
    case DialectFamily::QwenXml:
    case DialectFamily::Hermes: return kToolCall;
    case DialectFamily::Mistral:
    case DialectFamily::MistralList: return kMistral;
    case DialectFamily::Gemma: return kGemma;
    case DialectFamily::Llama: return kLlama;
    case DialectFamily::Harmony: return kHarmony;
  }
  return {};
}

std::string CharacterJoiner::add(std::string_view bytes) {
  split_ += bytes;
  const std::string_view whole = drop_split_end(split_);
  std::string valid = make_valid_utf8(whole);
  split_.erase(0, whole.size());
  return valid;
}

std::string CharacterJoiner::finish() { return make_valid_utf8(std::exchange(split_, {})); }

SymbolReader::SymbolReader(DialectFamily family, const std::vector<std::string>& control_tokens,
                           SymbolSink& sink)
    : markers_(markers_of(family)), sink_(sink) {
  for (const Marker& marker : markers_) {
    const bool is_token = std::find(control_tokens.begin(), control_tokens.end(), marker.text) !=
                          control_tokens.end();
    if (!is_token) in_text_.push_back(&marker);
  }
}

void SymbolReader::add(std::string_view bytes, bool is_control_token) {
  if (!is_control_token) {
    for (const char byte : characters_.add(bytes)) add_byte(byte);
    return;
  }
  finish();
  for (const Marker& marker : markers_) {
    if (marker.text != bytes) continue;
    sink_.symbol({.marker = &marker});
    return;
  }
  // Another token than a marker of this dialect: its text, and nothing is found in it.
  for (const char byte : make_valid_utf8(bytes)) sink_.symbol({.byte = byte});
}

void SymbolReader::finish() {
  for (const char byte : characters_.finish()) add_byte(byte);
  while (!held_.empty()) give_first_byte();
}

void SymbolReader::add_byte(char byte) {
  held_ += byte;
  while (!held_.empty()) {
    bool begins = false;
    for (const Marker* marker : in_text_) {
      if (!marker->text.starts_with(held_)) continue;
      if (marker->text.size() == held_.size()) {
        held_.clear();
        sink_.symbol({.marker = marker, .in_text = true});
        return;
      }
      begins = true;
    }
    if (begins) return;
    give_first_byte();
  }
}

void SymbolReader::give_first_byte() {
  const char byte = held_.front();
  held_.erase(0, 1);
  sink_.symbol({.byte = byte});
}

}  // namespace temper::engine
