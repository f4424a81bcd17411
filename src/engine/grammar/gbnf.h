// Grammars as llama.cpp writes them (GBNF).
//
//   # calls of one tool
//   root  ::= "call " name ("(" [^)\n]{0,80} ")")? "\n"
//   name  ::= [a-z_]+ | <[151643]>
//
// Rules have a name, ::= and alternatives with | between them; what stands in them is
// texts in double quotes, classes of characters, `.` for any character, names, groups,
// and `<[ID]>` for a control token. After each may stand * + ? {m} {m,} {,n} {m,n}. Escapes are
// \n \r \t \\ \" \[ \] \- \^, \xHH, \uHHHH and \UHHHHHHHH, each one character. A rule goes on
// behind a line break within parentheses, and where an alternative must follow.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/grammar/builder.h"

namespace temper::engine {

// The rule `root`. The message of an error begins with the place: "line 3, column 14: ...".
// That rules do not begin with themselves, and have a text at all, is found by build().
Result<GrammarBuilder::Part> parse_gbnf(GrammarBuilder& builder, std::string_view source);

}  // namespace temper::engine
