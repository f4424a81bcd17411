// What a provider writes its events through, so that stops and cuts are heeded
// in one place and a stream has one end.
//
//   StreamWriter writer(sink, stop);
//   while (more()) {
//     if (!writer.send(TextDelta{next()})) break;
//   }
//   writer.done(StopReason::EndOfTurn, usage);
//
// It does not check the other rules of the port: see chat/stream_checker.h.
#pragma once

#include <utility>

#include "base/stop.h"
#include "chat/events.h"
#include "chat/provider.h"

namespace temper::chat {

class StreamWriter {
 public:
  // `sink` must remain live while this writer is in use.
  StreamWriter(const EventSink& sink, StopToken stop) : sink_(sink), stop_(std::move(stop)) {}

  // Hands on any event but the last. False when the stream was stopped or cut,
  // before the event or by it: now only the end may follow.
  [[nodiscard]] bool send(const StreamEvent& event);

  // A stop was requested or the sink has said Cut. For loops that wait.
  bool interrupted() const { return cut_ || stop_.stop_requested(); }

  // The last event: exactly one of the two, once. Either becomes a Failed with
  // Code::Stopped when the stream was interrupted, for then nobody can tell
  // whether the reply is whole or the error is real.
  void done(StopReason reason, const Usage& usage);
  void fail(Error error, Retry retry, const Usage& usage = {});

 private:
  void end(const StreamEvent& event, const Usage& usage);

  const EventSink& sink_;
  const StopToken stop_;
  bool cut_ = false;
  bool ended_ = false;
};

}  // namespace temper::chat
