// A reply as a model writes it, piece by piece, to what it says, thinks and calls.
//
//   DialectReader reader(dialect, {.tools = request.tools, .prompt_end = prompt});
//   for (each piece) send(reader.add(bytes, is_control_token));
//   ReadEnd end = reader.finish(StopReason::EndOfTurn);   // its events, then Done or Failed
//
// The events keep the contract of chat/provider.h, and do not depend on how the bytes come
// in pieces, but for how deltas are divided. The arguments of a call are one JSON object,
// handed out while it is being written.
//
// What is not written as it must be never becomes a call, and never disappears:
//  - Before its name is known (in JSON, before its arguments begin), it is text like any other.
//  - Later, CallBegin cannot be taken back. The reading fails with Code::Corrupt and a
//    message for the model that says what is wrong with which call; what was read of it is
//    in chat::Reply::unfinished_call. Calls that ended before stay calls.
//  - A reply that merely stops in the middle of a call is no error: such a turn ends as the
//    contract has it, without that call.
// A call of a tool that does not exist is a call: who runs it knows the real names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/events.h"
#include "chat/message.h"
#include "engine/dialect/dialect.h"

namespace temper::engine {

struct ReaderOptions {
  // Their schemas say which arguments are texts, where the dialect does not.
  std::vector<chat::ToolSpec> tools = {};
  // Which of marker_texts() the vocabulary has as tokens. Those are read in control tokens
  // only: as text, they are quoted. All others are found in the text.
  std::vector<std::string> control_tokens = {};
  // What the model goes on from: the whole prompt, or its last part. It may end inside of
  // thinking, or in the middle of a header.
  std::string prompt_end = {};
  // Ids are made where the model writes none: "call00001" and so on, from here.
  std::uint64_t first_call_number = 1;
};

struct ReadEnd {
  std::vector<chat::StreamEvent> events;  // what was held
  chat::StopReason reason = chat::StopReason::EndOfTurn;
  std::optional<Error> failure;  // then the stream ends with Failed, and may be tried again
};

class DialectReader {
 public:
  explicit DialectReader(Dialect dialect, const ReaderOptions& options = {});
  ~DialectReader();
  DialectReader(DialectReader&&) noexcept;
  DialectReader& operator=(DialectReader&&) noexcept;

  // The next piece: some bytes, or one token that the vocabulary keeps whole (control or
  // user-defined), by its text.
  std::vector<chat::StreamEvent> add(std::string_view bytes, bool is_control_token = false);

  // Does anything that may come still matter? Not after a marker that ends the turn, and not
  // once a call is malformed.
  bool wants_more() const;
  // Would text that comes now be thinking?
  bool is_thinking() const;

  // The model writes no more. `why`: EndOfTurn, TokenLimit, StopSequence or Refused; of the
  // first becomes ToolCalls where that is what the contract says. Call once.
  ReadEnd finish(chat::StopReason why);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace temper::engine
