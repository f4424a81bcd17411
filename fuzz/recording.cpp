// Recorded streams from any bytes: what is accepted keeps the contract, and
// reading and writing are each other's inverse.
#include "chat/recording.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/verify.h"
#include "chat/reply.h"

using namespace temper;
using namespace temper::chat;

namespace {

std::string written(const Recordings& recordings) {
  std::string text;
  for (const Recording& recording : recordings.streams) text += write_recording(recording);
  return text;
}

void plays_as_it_was_recorded(const Recordings& recordings) {
  ManualClock clock;
  ScriptedProvider provider(script_of(recordings, Timing::Original), clock);
  for (const Recording& recording : recordings.streams) {
    std::size_t next = 0;
    const Reply reply = collect(provider, {}, {}, [&](const StreamEvent& event) {
      const bool recorded = next < recording.events.size();
      VERIFY(recorded ? event == recording.events[next].event : is_end(event),
             "the events that are played are those that were recorded, and an end");
      ++next;
      return Flow::Continue;
    });
    VERIFY(next >= recording.events.size(), "all events were played");
    VERIFY(reply.done() != nullptr || reply.failed()->error.code != Code::Invalid ||
               is_end(recording.events.back().event),
           "what was read keeps the contract");
  }
  VERIFY(provider.turns_left() == 0, "each stream is one turn");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Recordings> read = read_recordings(bytes);
  if (!read) {
    VERIFY(!read.error().message.empty(), "an error has a message");
    return 0;
  }
  const std::string text = written(*read);
  const Result<Recordings> again = read_recordings(text);
  VERIFY(again.ok(), "what was written can be read");
  VERIFY(!again->torn && again->streams == read->streams, "and is the same");
  VERIFY(written(*again) == text, "and is written as the same bytes");
  plays_as_it_was_recorded(*read);
  return 0;
}
