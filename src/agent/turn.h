// One reply of the model, whatever it takes: asked for again where the connection dies, cut
// where it goes round in a loop.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/guard/stream_guard.h"
#include "base/clock.h"
#include "base/stop.h"
#include "chat/provider.h"
#include "chat/reply.h"

namespace temper::agent {

struct Turn {
  enum class End {
    Whole,      // as long as the model wanted it, or as long as it was allowed
    Looped,     // cut; what came before stands in the reply, up to where it began to go round
    Malformed,  // a call that is no call; it stands in the reply as unfinished
    TooLong,    // the conversation does not fit the model's context
    Stopped,    // by the user
    Failed,     // again and again, or for a reason that does not go away
  };
  End end = End::Failed;
  chat::Reply reply;
  std::optional<Finding> loop = {};  // of Looped
  std::optional<Error> error = {};   // of Malformed, TooLong and Failed
  std::uint64_t attempts = 1;
};

// Called before another attempt: why, and how long it waits.
using RetryWatch = std::function<void(const Error& why, std::chrono::milliseconds wait)>;

Turn take_turn(chat::Provider& provider, const chat::Request& request, const chat::EventSink& watch,
               const RetryWatch& retries, Clock& clock, const StopToken& stop);

}  // namespace temper::agent
