// Calls in the text of a server that hands them back as text, behind the reader of its API.
//
// Text passes on as it comes, but for what may be a call, which waits until that is decided.
// Where the server does mark a call as one, its text is only text from then on.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "chat/provider.h"
#include "engine/dialect/foreign_reader.h"

namespace temper::providers {

class TextCalls {
 public:
  explicit TextCalls(const chat::Request& request);

  // The events that stand for this one; not for the last of a stream.
  std::vector<chat::StreamEvent> add(chat::StreamEvent event);
  // Those before the last, which may become another: a turn with calls ends with ToolCalls.
  std::vector<chat::StreamEvent> finish(chat::StreamEvent& end);

 private:
  void read(std::vector<chat::StreamEvent> events, std::vector<chat::StreamEvent>& out);
  std::vector<chat::StreamEvent> only_speech(chat::StopReason why);

  std::optional<engine::ForeignReader> reader_;  // none where nothing is to be read
  std::size_t calls_in_text_ = 0;
};

}  // namespace temper::providers
