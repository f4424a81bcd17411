// Which files decide whether work passes: changing them can make anything pass.
#pragma once

#include <string_view>

namespace temper::agent {

// By its name and its directories alone: "tests/x.c", "x_test.go", "spec/x_spec.rb",
// "conftest.py". `path` is relative to the root. Also what `check_command` names as a
// program or an argument: "check.sh" for "./check.sh --all".
bool is_test_file(std::string_view path, std::string_view check_command = {});

}  // namespace temper::agent
