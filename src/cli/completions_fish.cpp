#include "base/format.h"
#include "base/text.h"
#include "cli/completions.h"
#include "cli/parse.h"

namespace temper::cli {
namespace {

// The patterns of the two inner cases stand where the @marks@ are.
constexpr std::string_view kStart =
    R"(# fish completion of temper. Made by "temper completions fish".

# Whether the words so far name this command, and after it, where a second argument
# says so, are these.
function __temper_at
    set -l command ''
    set -l given
    set -l skip no
    set -l ended no
    for word in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
            continue
        end
        if test $ended = no
            switch $word
                case --
                    set ended yes
                    continue
                case @VALUES@
                    set skip yes
                    continue
                case '-*'
                    continue
            end
        end
        set -l candidate (string trim -- "$command $word")
        if test -z "$given"; and contains -- "$candidate" @NAMES@
            set command $candidate
        else
            set -a given $word
        end
    end
    test "$command" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test "$given" = "$argv[2]"
end

complete -c temper -f
)";

std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char character : text) {
    if (character == '\'' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + "'";
}

std::string words(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) text += (text.empty() ? "" : " ") + fish_quoted(word);
  return text;
}

std::string at(std::string_view command) {
  return format("complete -c temper -n {}",
                fish_quoted(format("__temper_at {}", fish_quoted(command))));
}

std::string at(std::string_view command, std::string_view given) {
  return format("complete -c temper -n {}",
                fish_quoted(format("__temper_at {} {}", fish_quoted(command), fish_quoted(given))));
}

// The flags that say which values there are.
std::string values(Completes completes, const std::vector<std::string_view>& choices) {
  std::vector<std::string> list(choices.begin(), choices.end());
  switch (completes) {
    case Completes::Files: return " -F";
    case Completes::Directories: return " -a '(__fish_complete_directories)'";
    case Completes::HelpTopics:  // depend on the words before
    case Completes::Nothing: break;
  }
  return list.empty() ? "" : " -a " + fish_quoted(join(list, " "));
}

std::string option_line(std::string_view start, const Option& option) {
  std::string line(start);
  if (option.letter != '\0') line += format(" -s {}", option.letter);
  line += format(" -l {}", option.name.substr(2));
  if (!option.value.empty()) {
    line += option.completes == Completes::Files ? " -r" : " -x";
    line += values(option.completes, option.choices);
  }
  return line + format(" -d {}\n", fish_quoted(option.help));
}

std::string option_lines(std::string_view start, const std::vector<Option>& options) {
  std::string lines;
  for (const Option& option : options) {
    if (!option.hidden) lines += option_line(start, option);
  }
  return lines;
}

// What may follow "help", by what already does.
std::string topic_lines(const std::vector<Command>& commands, std::string_view command) {
  std::string lines;
  for (const std::string& given : help_prefixes(commands)) {
    for (const NextWord& next : help_words(commands, given)) {
      lines += format("{} -a {} -d {}\n", at(command, given), fish_quoted(next.word),
                      fish_quoted(next.summary));
    }
  }
  return lines;
}

void replace(std::string& text, std::string_view mark, std::string_view by) {
  text.replace(text.find(mark), mark.size(), by);
}

}  // namespace

std::string fish_completions(const std::vector<Command>& commands) {
  std::string script(kStart);
  replace(script, "@VALUES@", words(options_with_values(commands)));
  replace(script, "@NAMES@", words(name_prefixes(commands)));

  script += option_lines("complete -c temper", global_options());
  script += option_lines(at(""), top_level_options());
  std::vector<std::string> prefixes = name_prefixes(commands);
  prefixes.insert(prefixes.begin(), "");
  for (const std::string& prefix : prefixes) {
    for (const NextWord& next : next_words(commands, prefix)) {
      script +=
          format("{} -a {} -d {}\n", at(prefix), fish_quoted(next.word), fish_quoted(next.summary));
    }
  }
  for (const Command* command : offered_commands(commands)) {
    script += option_lines(at(command->name), command->options);
    for (const Positional& positional : command->positionals) {
      if (positional.completes == Completes::HelpTopics) {
        script += topic_lines(commands, command->name);
        continue;
      }
      const std::string offered = values(positional.completes, positional.choices);
      if (offered.empty()) continue;
      script += format("{}{}", at(command->name), offered);
      script += positional.help.empty() ? "\n" : format(" -d {}\n", fish_quoted(positional.help));
    }
  }
  return script;
}

}  // namespace temper::cli
