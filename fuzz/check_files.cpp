// Any text as a document or a project's file: what is taken for a check is one line of it that
// a shell can be given.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "agent/check/documents.h"
#include "agent/check/project_files.h"
#include "agent/check/test_files.h"
#include "base/text.h"
#include "base/verify.h"

namespace {

using namespace temper;
using namespace temper::agent;

void check_document(std::string_view text) {
  const std::vector<std::string_view> lines = split(text, '\n');
  std::set<std::string> seen;
  for (const NamedCommand& named : named_commands(text)) {
    VERIFY(!named.command.empty() && named.command.find('\n') == named.command.npos,
           "a command is one line");
    VERIFY(named.command.find('`') == named.command.npos, "a command has no quotes of Markdown");
    VERIFY(seen.insert(named.command).second, "a command comes once");
    VERIFY(named.line >= 1 && named.line <= lines.size(), "it stands in a line of the text");
    const std::size_t prepared = named.command.rfind(" && ");
    const std::string last =
        prepared == named.command.npos ? named.command : named.command.substr(prepared + 4);
    VERIFY(lines[named.line - 1].find(last) != std::string_view::npos, "it stands in that line");
  }
}

void check_plain(const std::vector<std::string>& commands) {
  for (const std::string& command : commands) {
    VERIFY(command.find_first_of("\n;|<>$`'\"\\") == command.npos, "nothing else is smuggled in");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_document(input);
  check_plain(package_json_checks(input, "npm"));
  check_plain(cmake_preset_checks(input));
  check_plain(composer_checks(input));
  VERIFY(make_targets(input, {"check", "test"}).size() <= 2, "only what was asked for");
  (void)is_test_file(input, input);
  return 0;
}
