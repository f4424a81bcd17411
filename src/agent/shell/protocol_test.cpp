#include "agent/shell/protocol.h"

#include <doctest/doctest.h>

namespace temper::agent {
namespace {

using namespace std::literals;

TEST_CASE("take_records: whole ones, in order; the rest stays for the next time") {
  std::string bytes = "begin 3\0done 3 141 /a b\n/c\0ended 2 0\0begin 4"s;
  CHECK(take_records(bytes) == std::vector<ShellRecord>{CommandBegan{3},
                                                        CommandDone{3, 141, "/a b\n/c"},
                                                        ShellEnded{2, 0}});
  CHECK(bytes == "begin 4");
  bytes += '\0';
  CHECK(take_records(bytes) == std::vector<ShellRecord>{CommandBegan{4}});
  CHECK(bytes.empty());
}

TEST_CASE("take_records: what is no record is noise, and a directory is absolute or none") {
  for (const std::string text :
       {"", "begin", "begin x", "begin 3 4", "done", "done 3", "done  0 /", "done 3 x /", "ended 3",
        "ended 3 0 x", "bwrap: no such thing", "begin -1", "begin 99999999999999999999"}) {
    std::string bytes = text + '\0';
    CHECK(take_records(bytes) == std::vector<ShellRecord>{Noise{text}});
  }
  std::string bytes = "done 3 0 relative\0done 3 0 \0"s;
  CHECK(take_records(bytes) ==
        std::vector<ShellRecord>{CommandDone{3, 0, ""}, CommandDone{3, 0, ""}});
}

TEST_CASE("command_file: a quote ends nothing") {
  CHECK(command_file("echo 'x'") == "__temper_command='echo '\\''x'\\'''\n");
}

}  // namespace
}  // namespace temper::agent
