// What a failed command says is wrong, read from its output: compilers, interpreters, test
// runners and shells. Knows wordings, no files; what is not recognised is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

enum class ProblemKind : std::uint8_t {
  MissingModule,   // a module, package or import that does not resolve
  MissingFile,     // a file, header or program that is not there
  UnknownSymbol,   // a name that is not defined where it is used
  WrongArguments,  // a call or a value of the wrong number or type
  Assertion,       // a test that says what it expected
  Syntax,
  Other,
};
std::string_view kind_name(ProblemKind kind);  // "missing module"

// A place in the code, as the output writes it.
struct Frame {
  std::string path;
  std::size_t line = 0;       // from 1; 0 where none is named
  std::string function = {};  // where it is named

  bool operator==(const Frame&) const = default;
};

struct Problem {
  ProblemKind kind = ProblemKind::Other;
  std::string message;
  std::vector<Frame> frames = {};  // who called whom, the innermost last; often only one
  std::string module = {};         // as the error writes it
  std::string symbol = {};
  std::string owner = {};  // the type that has no such symbol
  std::string file = {};   // that is missing

  bool operator==(const Problem&) const = default;
};

struct Failure {
  std::vector<Problem> problems = {};           // in the order of the output
  std::vector<std::string> include_roots = {};  // folders of -I and -isystem that it shows

  bool operator==(const Failure&) const = default;
};

// The first few problems that the output names, each once. Any bytes; what comes out is valid
// UTF-8. Of a very long output the beginning and the end are read.
Failure read_failure(std::string_view output);

}  // namespace temper::agent
