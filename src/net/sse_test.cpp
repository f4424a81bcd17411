#include "net/sse.h"

#include <doctest/doctest.h>

#include "base/format.h"

namespace temper::net {
namespace {

// "type=data|", an error as "!", however the bytes are cut.
std::string read_in_pieces(std::string_view bytes, std::size_t size, std::size_t limit) {
  ServerEventReader reader(limit);
  std::string seen;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    reader.feed(piece);
    while (true) {
      const Result<std::optional<ServerEvent>> event = reader.next();
      if (!event) return seen + "!";
      if (!*event) break;
      seen += format("{}={}|", (*event)->type, (*event)->data);
    }
  }
  return seen;
}

std::string events(std::string_view bytes, std::size_t limit = 1000) {
  std::string whole = read_in_pieces(bytes, bytes.size() + 1, limit);
  for (std::size_t size = 1; size < 4; ++size) {
    CHECK(read_in_pieces(bytes, size, limit) == whole);
  }
  return whole;
}

TEST_CASE("server events: fields, comments and line ends") {
  CHECK(events("data: a\n\ndata:b\n\n") == "=a|=b|");
  CHECK(events("event: x\ndata: a\n\ndata: b\n\n") == "x=a|=b|");
  CHECK(events("data: a\ndata\ndata:  b\n\n") == "=a\n\n b|");
  CHECK(events(": comment\ndata: a\n: more\nid: 7\nretry: 9\nother: x\n\n") == "=a|");
  CHECK(events("data: a\r\n\r\ndata: b\r\rdata: c\n\r\n") == "=a|=b|=c|");
  CHECK(events("\xEF\xBB\xBF"
               "data: a\n\n") == "=a|");
  CHECK(events("data: \xEF\xBB\xBF\n\n") == "=\xEF\xBB\xBF|");
  CHECK(events("data\n\n") == "=|");
}

TEST_CASE("server events: what is not whole is none") {
  CHECK(events("data: a\n\ndata: b\n") == "=a|");
  CHECK(events("data: a\n\ndata: b") == "=a|");
  CHECK(events("event: x\n\ndata: a\n\n") == "=a|");  // no data, no event, and no type for the next
  CHECK(events("\n\n\n") == "");
}

TEST_CASE("server events: none is longer than the limit") {
  CHECK(events("data: 1234\n\n", 10) == "=1234|");
  CHECK(events("data: 123456\n\n", 10) == "!");
  CHECK(events("data:1234\ndata:1234\ndata:1234\n\n", 10) == "!");
}

}  // namespace
}  // namespace temper::net
