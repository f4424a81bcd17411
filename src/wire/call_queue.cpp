#include "wire/call_queue.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace temper::wire {

using chat::StreamEvent;
using Events = std::vector<StreamEvent>;

namespace {

// Some repeat the name with every piece, some write it piece by piece, some more of it each time.
void add_name(std::string& name, const std::string& piece) {
  if (piece.starts_with(name)) {
    name = piece;
  } else {
    name += piece;
  }
}

}  // namespace

CallQueue::Call& CallQueue::call_of(const CallPiece& piece) {
  const bool is_new_name = !piece.name.empty();
  for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) {
    const CallPiece& said = call->said;
    const bool other_id = !piece.id.empty() && !said.id.empty() && piece.id != said.id;
    if (piece.index ? piece.index != said.index : call != calls_.rbegin()) continue;
    // One index for all calls, or none at all: a new id with a name, or a new name after whole
    // arguments, is another call.
    const bool is_another =
        is_new_name &&
        (other_id || (!piece.index && piece.id.empty() && is_whole_json(said.arguments)));
    if (!is_another) return *call;
    break;
  }
  calls_.emplace_back();
  calls_.back().said.index = piece.index;
  return calls_.back();
}

void CallQueue::add(const CallPiece& piece, Events& events) {
  Call& call = call_of(piece);
  if (call.said.id.empty()) call.said.id = piece.id;
  if (!call.has_begun) add_name(call.said.name, piece.name);
  call.said.arguments += piece.arguments;
  while (current_ < calls_.size()) {
    hand_out(calls_[current_], events);
    if (current_ + 1 == calls_.size() || !end_if_whole(events)) return;
  }
}

void CallQueue::say(StreamEvent delta, Events& events) {
  if (current_ < calls_.size()) end_if_whole(events);
  (current_ < calls_.size() ? waiting_ : events).push_back(std::move(delta));
}

// The name may not be whole before the first arguments come.
void CallQueue::hand_out(Call& call, Events& events) {
  const CallPiece& said = call.said;
  if (said.name.empty() || said.arguments.empty()) return;
  if (!call.has_begun) {
    call.has_begun = true;
    events.emplace_back(chat::CallBegin{current_, ids_.take(said.id), said.name});
  }
  if (call.handed_out == said.arguments.size()) return;
  events.emplace_back(chat::CallDelta{current_, said.arguments.substr(call.handed_out)});
  call.handed_out = said.arguments.size();
}

bool CallQueue::end_if_whole(Events& events) {
  const Call& call = calls_[current_];
  const std::size_t size = call.said.arguments.size();
  if (!call.has_begun || not_whole_at_ == size) return false;
  if (!is_whole_json(call.said.arguments)) {
    not_whole_at_ = size;
    return false;
  }
  events.emplace_back(chat::CallEnd{current_});
  ++current_;
  not_whole_at_ = 0;
  std::move(waiting_.begin(), waiting_.end(), std::back_inserter(events));
  waiting_.clear();
  return true;
}

Result<void> CallQueue::finish(End end, Events& events) {
  while (current_ < calls_.size()) {
    Call& call = calls_[current_];
    if (end == End::OfTurn && trim(call.said.arguments).empty()) call.said.arguments = "{}";
    hand_out(call, events);
    if (end_if_whole(events)) continue;
    if (end == End::Cut) return {};
    if (!call.said.name.empty()) return malformed_call(call.said.name, call.said.arguments);
    return Error{Code::Corrupt, "a call did not happen, for it has no name; write it again"};
  }
  return {};
}

}  // namespace temper::wire
