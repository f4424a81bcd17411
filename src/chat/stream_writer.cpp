#include "chat/stream_writer.h"

#include <utility>

#include "base/verify.h"

namespace temper::chat {

bool StreamWriter::send(const StreamEvent& event) {
  VERIFY(!ended_ && !is_end(event), "the end of a stream comes once, and through done() or fail()");
  if (interrupted()) return false;
  cut_ = sink_(event) == Flow::Cut;
  return !interrupted();
}

void StreamWriter::done(StopReason reason, const Usage& usage) { end(Done{reason, usage}, usage); }

void StreamWriter::fail(Error error, Retry retry, const Usage& usage) {
  end(Failed{std::move(error), retry, usage}, usage);
}

void StreamWriter::end(const StreamEvent& event, const Usage& usage) {
  VERIFY(!ended_, "a stream ends once");
  ended_ = true;
  if (interrupted()) {
    sink_(Failed{stopped_error("the reply"), Retry::Useless, usage});
  } else {
    sink_(event);
  }
}

}  // namespace temper::chat
