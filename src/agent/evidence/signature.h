// Whether two runs failed in the same way: the lines that say what is wrong, without what
// changes from run to run. Pure.
#pragma once

#include <string>
#include <string_view>

namespace temper::agent {

struct FailureSignature {
  std::string text;  // for people: "exit 1", then a line for each that looks like an error
  std::string hash;  // 16 hexadecimal digits of it

  bool operator==(const FailureSignature&) const = default;
};

// Colours, progress, folders of absolute paths, times, addresses, line numbers and temporary
// names are left out; numbers stay only where a test compares them. Lines keep their order,
// a repeated one counts once. `root` is the folder of the work as the output writes it, where
// that is known. An output in which nothing looks like an error is represented by its last lines.
FailureSignature failure_signature(std::string_view output, int exit_code,
                                   std::string_view root = "");

}  // namespace temper::agent
