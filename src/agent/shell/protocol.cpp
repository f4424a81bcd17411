#include "agent/shell/protocol.h"

#include <algorithm>
#include <charconv>

namespace temper::agent {
namespace {

// Words with a backslash are no aliases. The script is one line, so that the first line of
// a command is line 1 in the shell's messages. It is kept in variables because every spare
// reads it anew, and not in functions because `declare` within one declares its locals.
//
// After a command: POSIXLY_CORRECT makes bash prefer its special builtins to functions of
// the same name, as every other shell does, so that `unset` is what it seems and takes away
// functions that would stand in our way.
//
// The loop that runs once is there for a `break` or `continue` outside of any loop. A record
// is one write, for others write to the same pipe.
constexpr std::string_view kServe =
    "while IFS= \\read -r __temper_n <&8; do "
    "( \\set -m; \\eval \"$__temper_watch\" & ) 8<\"$__temper_dir/$__temper_n.in\"; "
    "\\. \"$__temper_dir/$__temper_n.sh\"; "
    "TEMPER_COMMAND=$__temper_n; \\export TEMPER_COMMAND; "
    "\\printf \"begin %s\\\\0\" \"$__temper_n\" >&9; "
    "for __temper_once in 1; do "
    "\\eval \"$__temper_command\" </dev/null >\"$__temper_dir/$__temper_n.out\" 2>&1 8<&- 9>&-; "
    "done; "
    "__temper_status=$?; "
    "POSIXLY_CORRECT=1; "
    "\\unset -f unset set eval export printf read pwd 2>/dev/null; "
    "\\set +euxv; "
    "\\unset POSIXLY_CORRECT; "
    "__temper_there=$(\\pwd -P); "
    "\\printf \"done %s %s %s\\\\0\" \"$__temper_n\" \"$__temper_status\" \"$__temper_there\" >&9; "
    "done";

constexpr std::string_view kWatch =
    "( \\set +m; \\eval \"$__temper_serve\" ); "
    "\\printf \"ended %s %s\\\\0\" \"$__temper_n\" \"$?\" >&9";

// vim takes a pipe for its errors as a keyboard when it has no other, and waits.
constexpr std::string_view kEditors =
    "for __temper_n in vi vim view vimdiff; do eval \"$__temper_n() { "
    "case \\\" \\$* \\\" in *' -'[eE]s' '*) command $__temper_n \\\"\\$@\\\"; return;; esac; "
    "echo '$__temper_n: there is no terminal and nobody to type; change files with a tool' >&2; "
    "return 1; }\"; done; ";

std::string quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += byte;
    }
  }
  return quoted + "'";
}

// The next word, which a space or the end ends.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

template <typename Number>
bool read_number(std::string_view word, Number& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

ShellRecord read_record(std::string_view record) {
  std::string_view rest = record;
  const std::string_view what = take_word(rest);
  CommandNumber number = 0;
  int exit_code = 0;
  if (!read_number(take_word(rest), number)) return Noise{std::string(record)};
  if (what == "begin" && rest.empty()) return CommandBegan{number};
  if (!read_number(take_word(rest), exit_code)) return Noise{std::string(record)};
  if (what == "ended" && rest.empty()) return ShellEnded{number, exit_code};
  if (what != "done") return Noise{std::string(record)};
  return CommandDone{number, exit_code, rest.starts_with('/') ? std::string(rest) : ""};
}

}  // namespace

std::string shell_script(const std::string& directory) {
  std::string script =
      "exec 9>&2 8<>" + quoted(directory + "/end") + " </dev/null >/dev/null 2>&1; ";
  script += "__temper_dir=" + quoted(directory) + "; ";
  script += kEditors;
  script += "__temper_n=0; ";
  script += "__temper_serve=" + quoted(kServe) + "; ";
  script += "__temper_watch=" + quoted(kWatch) + "; ";
  script += "( set -m; eval \"$__temper_watch\" & ) 8<\"$__temper_dir/0.in\"; ";
  script += "read -r __temper_n <&8";
  return script;
}

std::string command_file(std::string_view command) {
  return "__temper_command=" + quoted(command) + "\n";
}

std::vector<ShellRecord> take_records(std::string& bytes) {
  std::vector<ShellRecord> records;
  std::size_t begin = 0;
  for (std::size_t end; (end = bytes.find('\0', begin)) != bytes.npos; begin = end + 1) {
    records.push_back(read_record(std::string_view(bytes).substr(begin, end - begin)));
  }
  bytes.erase(0, begin);
  return records;
}

}  // namespace temper::agent
