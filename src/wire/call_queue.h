// Calls whose pieces come in any order, as events in the port's order: one call after another,
// each handed out while it is being written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/events.h"
#include "wire/calls.h"

namespace temper::wire {

// A piece of a call. Servers leave out what they think is known.
struct CallPiece {
  std::optional<std::uint64_t> index = {};
  std::string id = {};
  std::string name = {};
  std::string arguments = {};
};

class CallQueue {
 public:
  explicit CallQueue(std::uint64_t calls_before) : ids_(calls_before) {}

  // A call is over when its arguments are whole and something else comes.
  void add(const CallPiece& piece, std::vector<chat::StreamEvent>& events);
  // Text or thinking: after the call that is being written, if there is one.
  void say(chat::StreamEvent delta, std::vector<chat::StreamEvent>& events);

  enum class End {
    OfTurn,  // the model wrote all that it meant to: a call that is not whole is malformed
    Cut,     // it did not: such a call remains unfinished
  };
  // Nothing more comes. Fails where a call is malformed.
  Result<void> finish(End end, std::vector<chat::StreamEvent>& events);

  std::size_t ended() const { return current_; }

 private:
  struct Call {
    CallPiece said;
    std::size_t handed_out = 0;  // bytes of the arguments
    bool has_begun = false;
  };

  Call& call_of(const CallPiece& piece);
  void hand_out(Call& call, std::vector<chat::StreamEvent>& events);
  bool end_if_whole(std::vector<chat::StreamEvent>& events);

  CallIds ids_;
  std::vector<Call> calls_;
  std::size_t current_ = 0;                 // the first that has not ended
  std::size_t not_whole_at_ = 0;            // bytes of its arguments that were found not whole
  std::vector<chat::StreamEvent> waiting_;  // text behind it
};

}  // namespace temper::wire
