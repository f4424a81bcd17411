#include "base/format.h"
#include "base/text.h"
#include "cli/completions.h"
#include "cli/parse.h"

namespace temper::cli {
namespace {

constexpr std::string_view kStart =
    R"(# bash completion of temper. Made by "temper completions bash".
_temper() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
  # "--name=value" arrives as three words.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $previous == "=" ]]; then
    previous="${COMP_WORDS[COMP_CWORD - 2]}"
  fi

  # Which command the words so far name, which words came after its name and how
  # many, and whether a "--" has ended the options.
  local command="" given="" ended="" candidate word index position=0
  for ((index = 1; index < COMP_CWORD; ++index)); do
    word="${COMP_WORDS[index]}"
    if [[ -z $ended && $word == -* ]]; then
      case "$word" in
        --) ended=yes ;;
        @VALUES@)
          ((++index))
          [[ ${COMP_WORDS[index]} == "=" ]] && ((++index))
          ;;
      esac
      continue
    fi
    candidate="${command:+$command }$word"
    case "$candidate" in
      @NAMES@) command="$candidate" ;;
      *)
        given="${given:+$given }$word"
        ((++position))
        ;;
    esac
  done

  # Words to offer, or in `kind` the letter for compgen: f files, d directories.
  local options="" words="" kind=""
)";

constexpr std::string_view kEnd = R"(
  COMPREPLY=()
  if [[ -n $kind ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "-$kind" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _temper temper
)";

std::string option_words(const std::vector<Option>& options) {
  std::vector<std::string_view> words;
  words.reserve(options.size());
  for (const Option& option : options) words.push_back(option.name);
  return shell_quoted(join(words, " "));
}

std::string quoted_words(const std::vector<NextWord>& list) {
  std::vector<std::string> words;
  words.reserve(list.size());
  for (const NextWord& next : list) words.emplace_back(next.word);
  return shell_quoted(join(words, " "));
}

// What to offer where `completes` and `choices` say so: "words='a b'" or "kind=f".
std::string offer(const std::vector<Command>& commands, Completes completes,
                  const std::vector<std::string_view>& choices) {
  std::vector<std::string> words(choices.begin(), choices.end());
  switch (completes) {
    case Completes::Files: return "kind=f";
    case Completes::Directories: return "kind=d";
    case Completes::HelpTopics: {
      std::string text = "case \"$given\" in";
      for (const std::string& given : help_prefixes(commands)) {
        text += format("\n      {}) words={} ;;", shell_quoted(given),
                       quoted_words(help_words(commands, given)));
      }
      return text + "\n      esac";
    }
    case Completes::Nothing: break;
  }
  return "words=" + shell_quoted(join(words, " "));
}

std::string option_cases(const std::vector<Command>& commands) {
  std::string text = "  case \"$command\" in\n";
  text += format("    '') options={} ;;\n", option_words(offered_options(nullptr)));
  for (const Command* command : offered_commands(commands)) {
    text += format("    {}) options={} ;;\n", shell_quoted(command->name),
                   option_words(offered_options(command)));
  }
  return text + "  esac\n";
}

// Positionals come first, for the first pattern that fits is taken.
std::string word_cases(const std::vector<Command>& commands) {
  std::string text = "  case \"$command:$position\" in\n";
  for (const Command* command : offered_commands(commands)) {
    std::size_t place = 0;
    for (const Positional& positional : offered_positionals(commands, *command)) {
      const std::string at = positional.repeatable
                                 ? shell_quoted(format("{}:", command->name)) + "*"
                                 : shell_quoted(format("{}:{}", command->name, place));
      text +=
          format("    {}) {} ;;\n", at, offer(commands, positional.completes, positional.choices));
      ++place;
    }
  }
  std::vector<std::string> prefixes = name_prefixes(commands);
  prefixes.insert(prefixes.begin(), "");
  for (const std::string& prefix : prefixes) {
    const std::vector<NextWord> words = next_words(commands, prefix);
    if (words.empty()) continue;
    text += format("    {}) words={} ;;\n", shell_quoted(prefix + ":0"), quoted_words(words));
  }
  return text + "  esac\n";
}

std::string value_case(const std::vector<Command>& commands, std::string_view command_pattern,
                       const Option& option) {
  if (option.value.empty()) return "";
  std::string pattern = format("{}{}", command_pattern, shell_quoted(format(" {}", option.name)));
  if (option.letter != '\0') {
    pattern += format(" | {}{}", command_pattern, shell_quoted(format(" -{}", option.letter)));
  }
  return format("    {}) {} ;;\n", pattern, offer(commands, option.completes, option.choices));
}

// A value wins over all else: nothing but it may follow its option.
std::string value_cases(const std::vector<Command>& commands) {
  std::string text =
      "  if [[ -n $ended ]]; then\n    previous=\"\"\n  elif [[ $current == -* ]]; then\n    "
      "words=\"$options\"\n    kind=\"\"\n  fi\n";
  text += "  case \"$command $previous\" in\n";
  for (const Command* command : offered_commands(commands)) {
    for (const Option& option : command->options) {
      text += value_case(commands, shell_quoted(command->name), option);
    }
  }
  for (const Option& option : global_options()) text += value_case(commands, "*", option);
  return text + "  esac\n";
}

void replace(std::string& text, std::string_view mark, std::string_view by) {
  const std::size_t place = text.find(mark);
  text.replace(place, mark.size(), by);
}

}  // namespace

std::string bash_completions(const std::vector<Command>& commands) {
  std::string script(kStart);
  replace(script, "@VALUES@", shell_quoted(options_with_values(commands), " | "));
  replace(script, "@NAMES@", shell_quoted(name_prefixes(commands), " | "));
  script += option_cases(commands) + word_cases(commands) + value_cases(commands);
  return script += kEnd;
}

}  // namespace temper::cli
