// Any reply, divided in any way: the verdict is the same, it lies inside what was read, and
// what it says can be shown.
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/guard/stream_guard.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "support/guard_texts.h"

namespace {

using namespace temper;
using namespace temper::agent;

void check(std::string_view text, Channel channel, std::size_t piece) {
  const std::optional<Finding> whole = finding_in(text, channel, text.size() + 1);
  VERIFY(finding_in(text, channel, piece) == whole, "division does not matter");
  if (!whole) return;
  const Repetition& found = whole->repetition;
  VERIFY(found.begin < found.end && found.end <= text.size(), "it was found where something was");
  VERIFY(found.times >= 2 && found.unit_bytes > 0, "something was repeated");
  VERIFY(is_valid_utf8(whole->excerpt) && is_valid_utf8(whole->note), "it can be shown");
  VERIFY(whole->note.find('\n') == std::string::npos, "the note is one line");
  VERIFY(finding_in(text.substr(0, found.end), channel) == whole, "nothing behind it mattered");
  VERIFY(!finding_in(text.substr(0, found.end - 1), channel), "it was found at its last byte");
  if (found.kind != RepetitionKind::Block) return;
  for (std::uint64_t at = found.begin + found.unit_bytes; at < found.end; ++at) {
    VERIFY(text[at] == text[at - found.unit_bytes], "a block is the same again and again");
  }
}

}  // namespace

// The first byte says how long the deltas are, and how often to say the rest: inputs are
// small, replies that go wrong are not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0] % 16;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string text;
  const std::size_t rounds = 1 + data[0] / 16;
  for (std::size_t round = 0; round < rounds && text.size() < 9000; ++round) text += input;
  for (const Channel channel : {Channel::Text, Channel::Thinking, Channel::Call}) {
    check(text, channel, piece);
  }
  return 0;
}
