// Any file, any edit: what was not named stays byte for byte, and what is said can be shown.
//
// The input is the file, what is to be found and what shall stand there, divided by the
// byte 0x1f.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/tools/edit.h"
#include "agent/tools/text_lines.h"
#include "base/utf8.h"
#include "base/verify.h"

namespace {

using namespace temper;
using namespace temper::agent;

std::string_view take_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\x1f'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::size_t count_of(std::string_view text, std::string_view piece) {
  std::size_t count = 0;
  for (std::size_t at = text.find(piece); at != text.npos; at = text.find(piece, at + 1)) ++count;
  return count;
}

void check_rest(std::string_view text, const Edited& edited) {
  const std::vector<TextLine> lines = text_lines_of(edited.text);
  VERIFY(edited.first_line >= 1 && edited.last_line + 1 >= edited.first_line, "lines in order");
  VERIFY(edited.last_line <= lines.size() || edited.text.empty(), "lines that are there");
  const std::size_t above =
      edited.first_line <= lines.size() ? lines[edited.first_line - 1].begin : edited.text.size();
  const std::size_t below =
      edited.last_line < lines.size() ? lines[edited.last_line].begin : edited.text.size();
  const std::string_view fresh = edited.text;
  const std::string_view head = fresh.substr(0, above);
  // A last line without an end gets one when lines are added behind it.
  const bool got_end = !text.ends_with('\n') && head.starts_with(text);
  VERIFY(text.starts_with(head) || got_end, "what stands above is as it was");
  VERIFY(text.ends_with(fresh.substr(below)), "what stands below is as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view text = take_part(rest);
  const std::string_view before = take_part(rest);
  const std::string_view after = rest;
  const Result<Edited> edited = apply_edit(text, {std::string(before), std::string(after)});
  const std::size_t found = before.empty() ? 0 : count_of(text, before);
  const bool has_returns = std::string_view(reinterpret_cast<const char*>(data), size).find('\r') !=
                           std::string_view::npos;
  if (!edited) {
    VERIFY(is_valid_utf8(edited.error().message), "it can be shown");
    VERIFY(edited.error().message.size() < 100'000, "it is no flood");
    VERIFY(has_returns || found != 1 || before == after, "what is there once is found");
    return 0;
  }
  VERIFY(!before.empty() && before != after, "there was something to do");
  check_rest(text, *edited);
  if (found > 0 && !has_returns) {
    VERIFY(found == 1 && edited->match == EditMatch::Exact, "what is there once is taken as it is");
    const std::size_t place = text.find(before);
    const std::string exact = std::string(text.substr(0, place)) + std::string(after) +
                              std::string(text.substr(place + before.size()));
    VERIFY(edited->text == exact, "and replaced as it is");
  }
  return 0;
}
