// Calls in the text of a server that knows no tool calls, or not those of its model.
//
//   ForeignReader reader(tools);
//   for (each delta of text) send(reader.add(delta));
//   ReadEnd end = reader.finish(StopReason::EndOfTurn);
//
// Recognises every dialect of dialect.h, with or without its control tokens, and JSON in the
// usual shapes, bare or in a code block. The words of such a call are easily quoted, so it
// counts only where all of this holds; else it is text, as it stands:
//  - it names a known tool and its arguments are an object, whole, without placeholders;
//  - it begins a line, or is marked by what only control tokens say, and is not inside
//    another code block, a quotation or a list;
//  - the sentence before it does not introduce an example;
//  - nothing follows it but other calls, or else the words before it say that the model is
//    about to act, or there are none.
// Calls are handed out whole. Text that may be one waits until that is decided.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "chat/events.h"
#include "chat/message.h"
#include "engine/dialect/reader.h"

namespace temper::engine {

class ForeignReader {
 public:
  // Ids are made as by DialectReader.
  explicit ForeignReader(const std::vector<chat::ToolSpec>& tools,
                         std::uint64_t first_call_number = 1);
  ~ForeignReader();
  ForeignReader(ForeignReader&&) noexcept;
  ForeignReader& operator=(ForeignReader&&) noexcept;

  std::vector<chat::StreamEvent> add(std::string_view bytes);
  // As DialectReader::finish. Never a failure: what is malformed is text.
  ReadEnd finish(chat::StopReason why);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace temper::engine
