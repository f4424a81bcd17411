// Server-sent events out of bytes that arrive in pieces, as the HTML standard frames them.
//
// However the bytes are cut, the events are the same. Ids and reconnection times, which no API
// of ours uses, are left out. What the data of an event means is the reader's business.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/lines.h"
#include "base/result.h"

namespace temper::net {

struct ServerEvent {
  std::string type;  // "" where the server names none
  std::string data;  // its lines with "\n" between them

  bool operator==(const ServerEvent&) const = default;
};

// Use: feed, then next until it has nothing, again and again. An event counts when the empty
// line behind it has come; what was begun and not ended when the connection is over is none.
class ServerEventReader {
 public:
  explicit ServerEventReader(std::size_t max_event_bytes = 16 * 1024 * 1024);

  void feed(std::string_view bytes);
  // The next event with data. Fails with Limit where one is too long, and then always.
  Result<std::optional<ServerEvent>> next();

 private:
  Result<void> add_line(std::string_view line);

  const std::size_t max_event_bytes_;
  LineReader lines_;
  ServerEvent event_;
  bool has_data_ = false;
  bool at_start_ = true;
};

}  // namespace temper::net
