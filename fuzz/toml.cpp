// Any text is read or refused; what is read has lines within the text, in their order,
// and no key twice.
#include "base/toml.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "base/utf8.h"
#include "base/verify.h"

namespace {

using namespace temper;

void check(const TomlValue& value, std::size_t lines);

void check(const TomlTable& table, std::size_t lines) {
  std::set<std::string> keys;
  std::size_t line = 1;
  for (const TomlMember& member : table.members) {
    VERIFY(member.line >= line && member.line <= lines, "lines are in order and in the text");
    line = member.line;
    VERIFY(is_valid_utf8(member.key), "keys are valid");
    VERIFY(keys.insert(member.key).second, "keys are unique");
    check(member.value, lines);
  }
}

void check(const TomlValue& value, std::size_t lines) {
  if (auto* string = value.string()) VERIFY(is_valid_utf8(*string), "text is valid");
  if (auto* time = value.time()) VERIFY(!time->text.empty(), "times are written");
  if (auto* table = value.table()) check(*table, lines);
  if (auto* items = value.items()) {
    for (const TomlValue& item : *items) check(item, lines);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<TomlTable> table = parse_toml(text, "t.toml");
  if (table) {
    check(*table, 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
    return 0;
  }
  const std::string& message = table.error().message;
  VERIFY(message.starts_with("t.toml"), "messages say where");
  VERIFY(is_valid_utf8(message), "messages are valid");
  for (char byte : message) {
    VERIFY(static_cast<std::uint8_t>(byte) >= 0x20, "messages are one line");
  }
  return 0;
}
