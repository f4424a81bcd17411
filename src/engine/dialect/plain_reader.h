// Text, thinking and calls of all families but Harmony: what a symbol means depends on
// whether the model speaks, thinks or may be writing a call.
//
// What looks like a call and turns out to be none before its name and the beginning of its
// arguments are there was text: nothing is lost.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/dialect/call_reader.h"
#include "engine/dialect/dialect.h"
#include "engine/dialect/markers.h"
#include "engine/dialect/output.h"
#include "engine/dialect/schemas.h"

namespace temper::engine {

// Follows code blocks by their fences, for what looks like a call in one is an example.
class FenceTracker {
 public:
  void add(std::string_view bytes);
  bool inside() const { return inside_; }

 private:
  bool inside_ = false;
  int ticks_ = 0;  // at the beginning of this line; -1: something else stands there
};

class PlainReader : public SymbolSink {
 public:
  // All must outlive it.
  PlainReader(const Dialect& dialect, const ToolSchemas& schemas, ReaderOutput& output,
              bool thinking);

  void symbol(const Symbol& symbol) override;
  // The model writes no more.
  void end();
  bool turn_ended() const { return turn_ended_; }
  bool is_thinking() const { return kind_ == SpeechKind::Thinking; }

 private:
  void in_speech(const Symbol& symbol);
  void in_attempt(const Symbol& symbol);
  bool in_skipped(const Symbol& symbol);
  bool opens_bare(char byte) const;
  bool opens_marked(const Symbol& symbol) const;
  void attempt(CallOpening opening);
  void give_back();
  void say(std::string_view bytes);
  void begin_thinking(const Symbol& symbol);
  void end_thinking();

  const Dialect& dialect_;
  const ToolSchemas& schemas_;
  ReaderOutput& output_;
  SpeechKind kind_;
  FenceTracker fences_;
  // What belongs to a marker of thinking and is left out: "\n" after <think>, say.
  std::string_view skip_;
  std::size_t skipped_ = 0;
  std::string close_lead_, close_rest_, open_rest_;
  bool said_text_ = false;   // other than white space
  bool after_call_ = false;  // with nothing but white space between
  std::string last_;         // the last bytes said, at most 16
  std::unique_ptr<CallReader> call_;
  std::size_t calls_before_ = 0;
  std::string held_;  // what was written of a call that has not begun
  bool turn_ended_ = false;
};

}  // namespace temper::engine
