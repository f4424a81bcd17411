// gpt-oss: a turn is messages, each with a header that says on which channel and to whom.
//
//   <|start|>assistant<|channel|>analysis<|message|>THOUGHT<|end|>
//   <|start|>assistant<|channel|>commentary to=functions.NAME
//   <|constrain|>json<|message|>{...}<|call|>
//
// The recipient may stand before the channel as well. What is on the channel analysis is
// thinking, what is addressed is a call, all else is text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/dialect/markers.h"
#include "engine/dialect/output.h"
#include "engine/dialect/transcoder.h"

namespace temper::engine {

class HarmonyReader : public SymbolSink {
 public:
  // `prompt_end`: what the model goes on from, back to the last <|start|> at least. The
  // output must outlive it.
  HarmonyReader(ReaderOutput& output, std::string_view prompt_end);

  void symbol(const Symbol& symbol) override;
  void end();
  bool turn_ended() const { return turn_ended_; }
  bool is_thinking() const { return place_ == Place::Speech && kind_ == SpeechKind::Thinking; }

 private:
  enum class Place : std::uint8_t { Header, Speech, CallStart, Call, Outside };

  void in_header(const Symbol& symbol);
  void in_speech(const Symbol& symbol);
  void in_call_start(const Symbol& symbol);
  void in_call(const Symbol& symbol);
  void outside(const Symbol& symbol);
  bool ends_message(const Symbol& symbol);
  void begin_message();
  void begin_speech(SpeechKind kind);

  ReaderOutput& output_;
  Place place_ = Place::Header;
  std::string header_;
  std::string recipient_;
  SpeechKind kind_ = SpeechKind::Text;
  bool said_before_ = false;  // on the same channel, directly before
  JsonTranscoder arguments_;
  bool turn_ended_ = false;
};

}  // namespace temper::engine
