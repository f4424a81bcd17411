// However bytes are cut, the events are the same, and those of a second reader that looks at
// all lines at once. The first byte is the limit, the second how the rest is cut.
#include "net/sse.h"

#include <cstdint>
#include <vector>

#include "base/verify.h"

using namespace temper;
using namespace temper::net;

namespace {

struct Seen {
  std::vector<ServerEvent> events;
  bool failed = false;

  bool operator==(const Seen&) const = default;
};

Seen read(std::string_view bytes, std::size_t limit, std::uint32_t seed) {
  ServerEventReader reader(limit);
  Seen seen;
  const bool at_once = seed == 0;
  while (!bytes.empty() && !seen.failed) {
    seed = seed * 1664525 + 1013904223;
    const std::string_view piece = at_once ? bytes : bytes.substr(0, (seed >> 24) % 16);
    reader.feed(piece);
    bytes.remove_prefix(piece.size());
    while (true) {
      Result<std::optional<ServerEvent>> event = reader.next();
      seen.failed = !event;
      if (!event || !*event) break;
      VERIFY((*event)->data.size() <= limit, "an event keeps to the limit");
      seen.events.push_back(std::move(**event));
    }
  }
  return seen;
}

// The lines that have ended.
std::vector<std::string> lines_of(std::string_view bytes) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (bytes[at] == '\n' && at > 0 && bytes[at - 1] == '\r') continue;
    if (bytes[at] != '\n' && bytes[at] != '\r') {
      line += bytes[at];
      continue;
    }
    lines.push_back(line);
    line.clear();
  }
  return lines;
}

std::vector<ServerEvent> reference(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::vector<ServerEvent> events;
  ServerEvent event;
  bool has_data = false;
  for (const std::string& line : lines_of(bytes)) {
    const std::size_t colon = line.find(':');
    std::string value = colon == line.npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (line.empty()) {
      if (has_data) events.push_back(event);
      event = {};
      has_data = false;
    } else if (line.substr(0, colon) == "event") {
      event.type = value;
    } else if (line.substr(0, colon) == "data") {
      event.data += (has_data ? "\n" : "") + value;
      has_data = true;
    }
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Seen whole = read(bytes, 1 << 20, 0);
  VERIFY(!whole.failed, "nothing is too long for so much room");
  VERIFY(whole.events == reference(bytes), "the events are those of the second reader");
  VERIFY(read(bytes, 1 << 20, data[1]) == whole, "cutting changes nothing");
  VERIFY(read(bytes, data[0], data[1]) == read(bytes, data[0], data[1] + 7U),
         "nor does it with a limit");
  return 0;
}
