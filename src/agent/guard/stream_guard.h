// Reads along with a reply and says when it repeats itself without end.
//
// Works on the events of any provider. However a stream is divided into events, the verdict
// is the same and falls at the same byte. A table, a list, a test suite or a log is no
// repetition in this sense, and a file that is written in a call may hold ten thousand
// similar lines: it is cut only when thousands of bytes have come in exactly equal blocks.
// Memory is bounded, some 300 KB for each of text, thinking and the call that is being
// written; time is constant per byte, some 30 ns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agent/guard/repetition.h"
#include "chat/events.h"
#include "chat/provider.h"

namespace temper::agent {

enum class Channel { Text, Thinking, Call };

struct Finding {
  Channel channel = Channel::Text;
  std::size_t call = 0;   // the index of the call, for Channel::Call
  Repetition repetition;  // places are bytes of all text, all thinking, or that call's JSON
  std::string excerpt;    // of what is repeated: one line, at most 80 bytes, valid UTF-8
  std::string note;       // one sentence, for the model and for the user

  bool operator==(const Finding&) const = default;
};

// For one reply.
class StreamGuard {
 public:
  StreamGuard();
  StreamGuard(StreamGuard&&) noexcept;
  StreamGuard& operator=(StreamGuard&&) noexcept;
  ~StreamGuard();

  // None: go on. After a finding nothing is read any more.
  std::optional<Finding> read(const chat::StreamEvent& event);

 private:
  class Reader;
  std::optional<Finding> read_bytes(Reader& reader, Channel channel, std::string_view bytes);

  std::unique_ptr<Reader> text_;
  std::unique_ptr<Reader> thinking_;
  std::unique_ptr<Reader> call_;  // the one that is being written
  std::size_t call_index_ = 0;
  bool has_found_ = false;
};

// Asks `provider` for a reply, and cuts it where it repeats itself. The sink gets every
// event, also the one that was too much. The reply then ends as the port says, with
// Failed and Code::Stopped, whose message is the note; what is returned tells this stop
// from others. None where the reply ended otherwise, or the sink itself cut it.
std::optional<Finding> stream_guarded(chat::Provider& provider, const chat::Request& request,
                                      const chat::EventSink& sink, const StopToken& stop);

}  // namespace temper::agent
