#include "providers/text_calls.h"

#include <utility>
#include <variant>

#include "wire/calls.h"

namespace temper::providers {

using chat::StreamEvent;
using Events = std::vector<StreamEvent>;

namespace {

// Ids that are made here are none of those that the reader of the API makes.
constexpr std::uint64_t kOtherIds = 1000;

bool is_speech(const StreamEvent& event) {
  return std::holds_alternative<chat::TextDelta>(event) ||
         std::holds_alternative<chat::ThinkingDelta>(event);
}

std::size_t* index_of(StreamEvent& event) {
  if (auto* begin = std::get_if<chat::CallBegin>(&event)) return &begin->index;
  if (auto* delta = std::get_if<chat::CallDelta>(&event)) return &delta->index;
  if (auto* end = std::get_if<chat::CallEnd>(&event)) return &end->index;
  return nullptr;
}

}  // namespace

TextCalls::TextCalls(const chat::Request& request) {
  if (request.tools.empty() || request.tool_choice == chat::ToolChoice::None) return;
  reader_.emplace(request.tools, wire::calls_in(request) + kOtherIds);
}

Events TextCalls::add(StreamEvent event) {
  Events out;
  const auto* text = std::get_if<chat::TextDelta>(&event);
  if (text != nullptr && reader_) {
    read(reader_->add(text->text), out);
    return out;
  }
  if (std::size_t* index = index_of(event)) {
    if (reader_) out = only_speech(chat::StopReason::EndOfTurn);
    reader_.reset();
    *index += calls_in_text_;
  }
  out.push_back(std::move(event));
  return out;
}

Events TextCalls::finish(StreamEvent& end) {
  Events out;
  if (!reader_) return out;
  auto* done = std::get_if<chat::Done>(&end);
  if (done == nullptr) return only_speech(chat::StopReason::EndOfTurn);
  engine::ReadEnd read_end = reader_->finish(done->reason);
  read(std::move(read_end.events), out);
  done->reason = read_end.reason;
  return out;
}

void TextCalls::read(Events events, Events& out) {
  for (StreamEvent& event : events) {
    if (std::holds_alternative<chat::CallEnd>(event)) ++calls_in_text_;
    out.push_back(std::move(event));
  }
}

// A call that still waits is not made: of a reply that failed nobody knows what would have
// followed, and what the server marks as a call stands for its text.
Events TextCalls::only_speech(chat::StopReason why) {
  engine::ReadEnd end = reader_->finish(why);
  std::erase_if(end.events, [](const StreamEvent& event) { return !is_speech(event); });
  return std::move(end.events);
}

}  // namespace temper::providers
