// What a server says of a reply, as events of the port. One reader for each API and reply.
//
// The events keep the contract of chat/provider.h whatever the server says. Half a reply is
// never a whole one, and half a call never a call: where the server does not say that a reply
// is over, or a call's arguments are no whole JSON, there is no CallEnd, and the reply fails.
#pragma once

#include <string_view>
#include <vector>

#include "chat/events.h"

namespace temper::wire {

class ReplyReader {
 public:
  virtual ~ReplyReader() = default;

  // One server-sent event, by its data. The last event may be the Done or Failed; whatever is
  // added after that has no events.
  virtual std::vector<chat::StreamEvent> add(std::string_view data) = 0;

  // The connection is over. Ends with the Done or Failed where none was given out before:
  //   Unavailable, MayHelp  the server did not say that the reply is over
  //   Corrupt, MayHelp      a call is not written as JSON; the message is for the model
  // Call once.
  virtual std::vector<chat::StreamEvent> finish() = 0;
};

}  // namespace temper::wire
