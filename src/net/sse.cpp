#include "net/sse.h"

#include <utility>

#include "base/format.h"

namespace temper::net {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

ServerEventReader::ServerEventReader(std::size_t max_event_bytes)
    : max_event_bytes_(max_event_bytes),
      lines_({.ends = LineEnds::Any, .max_bytes = max_event_bytes}) {}

void ServerEventReader::feed(std::string_view bytes) { lines_.feed(bytes); }

Result<std::optional<ServerEvent>> ServerEventReader::next() {
  while (const std::optional<Line> line = TRY(lines_.next())) {
    std::string_view text = line->text;
    if (std::exchange(at_start_, false) && text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    if (!text.empty()) {
      TRY(add_line(text));
      continue;
    }
    ServerEvent event = std::exchange(event_, {});
    if (std::exchange(has_data_, false)) return std::optional<ServerEvent>(std::move(event));
  }
  return std::optional<ServerEvent>();
}

Result<void> ServerEventReader::add_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    event_.type = value;
  } else if (field == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
    if (event_.data.size() > max_event_bytes_) {
      return Error{Code::Limit, format("the server sent an event of more than {}",
                                       format_bytes(max_event_bytes_))};
    }
  }
  return {};
}

}  // namespace temper::net
