// However bytes are cut, a LineReader gives the same lines, and within its limits.
//
// The first byte chooses the options, the second the length limit, the third how the
// rest is cut.
#include "base/lines.h"

#include <cstdint>
#include <vector>

#include "base/verify.h"

namespace {

using namespace temper;

struct Seen {
  std::vector<std::string> texts;
  std::vector<std::size_t> left_out;
  std::vector<bool> terminated;
  std::string failure;

  bool operator==(const Seen&) const = default;
};

void drain(LineReader& reader, const LineOptions& options, Seen& seen) {
  while (true) {
    Result<std::optional<Line>> line = reader.next();
    if (!line) {
      VERIFY(options.long_lines == LongLines::Refuse, "only readers that refuse can fail");
      seen.failure = line.error().message;
      return;
    }
    if (!*line) return;
    VERIFY(seen.failure.empty(), "nothing follows a failure");
    VERIFY((*line)->text.size() <= options.max_bytes, "lines keep to the limit");
    VERIFY((*line)->number == seen.texts.size() + 1, "lines are numbered from 1");
    seen.texts.emplace_back((*line)->text);
    seen.left_out.push_back((*line)->left_out);
    seen.terminated.push_back((*line)->terminated);
  }
}

// Pieces of 0 to 15 bytes from a small generator, or all at once for `seed` 0.
Seen read_in_pieces(std::string_view bytes, const LineOptions& options, std::uint32_t seed) {
  LineReader reader(options);
  Seen seen;
  while (!bytes.empty()) {
    seed = seed * 1664525 + 1013904223;
    const std::string_view piece = bytes.substr(0, (seed >> 24) % 16);
    reader.feed(piece);
    drain(reader, options, seen);
    bytes.remove_prefix(piece.size());
  }
  reader.finish();
  drain(reader, options, seen);
  return seen;
}

Seen read_whole(std::string_view bytes, const LineOptions& options) {
  LineReader reader(options);
  Seen seen;
  reader.feed(bytes);
  reader.finish();
  drain(reader, options, seen);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const LineOptions options{.ends = data[0] & 1 ? LineEnds::Any : LineEnds::Newline,
                            .long_lines = data[0] & 2 ? LongLines::Truncate : LongLines::Refuse,
                            .max_bytes = data[1]};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  const Seen whole = read_whole(bytes, options);
  VERIFY(read_in_pieces(bytes, options, data[2]) == whole, "cutting changes nothing");

  std::size_t seen_bytes = 0;
  for (std::size_t at = 0; at < whole.texts.size(); ++at) {
    seen_bytes += whole.texts[at].size() + whole.left_out[at];
  }
  VERIFY(seen_bytes <= bytes.size(), "no byte is made up");
  if (options.ends == LineEnds::Newline && whole.failure.empty()) {
    std::size_t newlines = 0;
    for (char byte : bytes) newlines += byte == '\n' ? 1 : 0;
    const bool open_end = !bytes.empty() && bytes.back() != '\n';
    VERIFY(whole.texts.size() == newlines + (open_end ? 1 : 0), "every newline ends a line");
  }
  return 0;
}
