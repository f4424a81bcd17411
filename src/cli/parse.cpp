#include "cli/parse.h"

#include <algorithm>

#include "base/format.h"
#include "base/suggest.h"
#include "cli/words.h"

namespace temper::cli {
namespace {

Error usage_error(std::string message) { return Error{Code::Invalid, std::move(message)}; }

bool is_number(std::string_view word) {
  if (word.starts_with('-')) word.remove_prefix(1);
  if (word.starts_with('.')) word.remove_prefix(1);
  return !word.empty() && word.front() >= '0' && word.front() <= '9';
}

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-' && !is_number(word);
}

bool is_flag(const Option& option) { return option.value.empty(); }

bool is_below(std::string_view name, std::string_view family) {
  return name.size() > family.size() && name.starts_with(family) && name[family.size()] == ' ';
}

Error no_such_command(std::string_view name, const std::vector<Command>& commands) {
  std::vector<std::string_view> names;
  std::vector<std::string_view> below;
  for (const Command& command : commands) {
    if (command.hidden) continue;
    names.push_back(command.name);
    if (is_below(command.name, name)) below.push_back(command.name.substr(name.size() + 1));
  }
  if (!below.empty()) {
    return usage_error(
        format("\"{}\" needs one of {} after it. Run \"temper --help\" for all commands.", name,
               list_in_words(below, "or")));
  }
  return usage_error(format("there is no command \"{}\".{} Run \"temper --help\" for all commands.",
                            name, did_you_mean(name, names)));
}

class Parser {
 public:
  Parser(const std::vector<Command>& commands, const std::vector<std::string>& words)
      : commands_(commands), words_(words), options_(global_options()) {
    for (Option& option : top_level_options()) options_.push_back(std::move(option));
  }

  Result<ParsedLine> parse() {
    bool options_ended = false;
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      if (!options_ended && word == "--") {
        options_ended = true;
      } else if (!options_ended && looks_like_option(word)) {
        TRY(word.starts_with("--") ? read_long_option(word) : read_letters(word));
      } else if (parsed_.command == nullptr) {
        TRY(choose_command(word));
      } else {
        TRY(read_positional(word));
      }
    }
    TRY(check_complete());
    return std::move(parsed_);
  }

 private:
  // Takes as many words as make a name: "models list" rather than "models".
  Result<void> choose_command(const std::string& word) {
    std::string name = word;
    while (next_ < words_.size() && !looks_like_option(words_[next_]) && has_commands_below(name)) {
      const std::string longer = name + " " + words_[next_];
      const bool is_name = find_command(commands_, longer) != nullptr;
      const Command* command = find_command(commands_, name);
      if (!is_name && !has_commands_below(longer) && command != nullptr &&
          !command->positionals.empty()) {
        break;  // the word is its first positional
      }
      name = longer;
      ++next_;
    }
    parsed_.command = find_command(commands_, name);
    if (parsed_.command == nullptr) return no_such_command(name, commands_);

    options_ = parsed_.command->options;
    for (Option& option : global_options()) options_.push_back(std::move(option));
    return {};
  }

  bool has_commands_below(std::string_view family) const {
    return std::ranges::any_of(
        commands_, [&](const Command& command) { return is_below(command.name, family); });
  }

  Result<void> read_long_option(std::string_view word) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto option = std::ranges::find(options_, name, &Option::name);
    if (option == options_.end()) return no_such_option(name);
    if (equals != word.npos) {
      if (is_flag(*option)) {
        return usage_error(format("\"{}\" takes no value. {}", name, help_hint()));
      }
      return accept(*option, word.substr(equals + 1));
    }
    return is_flag(*option) ? accept(*option, "") : read_value(*option, name);
  }

  // "-v", "-vq", "-cFILE" or "-c FILE".
  Result<void> read_letters(std::string_view word) {
    for (std::size_t place = 1; place < word.size(); ++place) {
      const auto option = std::ranges::find(options_, word[place], &Option::letter);
      const std::string_view rest = word.substr(place + 1);
      if (option == options_.end()) return no_such_option(format("-{}", character_at(word, place)));
      if (is_flag(*option)) {
        TRY(accept(*option, ""));
      } else if (rest.empty()) {
        return read_value(*option, format("-{}", option->letter));
      } else {
        return accept(*option, rest);
      }
    }
    return {};
  }

  Result<void> read_value(const Option& option, std::string_view as_written) {
    if (next_ == words_.size()) {
      return usage_error(format("\"{}\" needs {}. {}", as_written,
                                what_is_wanted(option.value, option.choices), help_hint()));
    }
    if (looks_like_option(words_[next_])) {
      return usage_error(format(
          "\"{}\" needs {}, but \"{}\" follows. A value that starts with - is written {}=VALUE.",
          as_written, what_is_wanted(option.value, option.choices), words_[next_], option.name));
    }
    return accept(option, words_[next_++]);
  }

  Result<void> accept(const Option& option, std::string_view value) {
    if (!is_flag(option)) {
      TRY(check_choice(option.name, value, option.choices, {}));
      TRY(check_path(option.name, option.value, value, option.completes));
    }
    if (!option.repeatable) parsed_.arguments.remove(option.name);
    parsed_.arguments.add(option.name, value);
    return {};
  }

  Result<void> read_positional(std::string_view word) {
    const Command& command = *parsed_.command;
    for (const Positional& positional : command.positionals) {
      if (parsed_.arguments.has(positional.name) && !positional.repeatable) continue;
      TRY(check_choice(positional.name, word, positional.choices, words_below()));
      TRY(check_path(command.name, positional.name, word, positional.completes));
      parsed_.arguments.add(positional.name, word);
      return {};
    }
    if (command.positionals.empty()) {
      return usage_error(format("\"{}\" takes no argument, so \"{}\" is too much. {}", command.name,
                                word, help_hint()));
    }
    return usage_error(format("\"{}\" takes one {}, so \"{}\" is too much. {}", command.name,
                              command.positionals.back().name, word, help_hint()));
  }

  // `others` are what else may have been meant by a wrong value.
  Result<void> check_choice(std::string_view name, std::string_view value,
                            const std::vector<std::string_view>& choices,
                            const std::vector<std::string_view>& others) const {
    if (choices.empty() || std::ranges::find(choices, value) != choices.end()) return {};
    std::vector<std::string_view> candidates = choices;
    candidates.insert(candidates.end(), others.begin(), others.end());
    return usage_error(format("{} must be {}, not \"{}\".{} {}", name, list_in_words(choices, "or"),
                              value, did_you_mean(value, candidates), help_hint()));
  }

  // Where a path is wanted, an unset variable of a script leaves an empty word.
  Result<void> check_path(std::string_view owner, std::string_view name, std::string_view value,
                          Completes completes) const {
    const bool is_path = completes == Completes::Files || completes == Completes::Directories;
    if (!is_path || !value.empty()) return {};
    return usage_error(format("\"{}\" needs {}, but it is empty. {}", owner,
                              what_is_wanted(name, {}), help_hint()));
  }

  // "path", of the command "config path" below "config".
  std::vector<std::string_view> words_below() const {
    std::vector<std::string_view> words;
    const std::string_view name = parsed_.command->name;
    for (const Command& command : commands_) {
      if (!command.hidden && is_below(command.name, name)) {
        words.push_back(command.name.substr(name.size() + 1));
      }
    }
    return words;
  }

  Result<void> check_complete() const {
    const Arguments& given = parsed_.arguments;
    if (parsed_.command == nullptr || given.has("--help") || given.has("--version")) return {};
    for (const Positional& positional : parsed_.command->positionals) {
      if (!positional.required || given.has(positional.name)) continue;
      return usage_error(format("\"{}\" needs {}. {}", parsed_.command->name,
                                what_is_wanted(positional.name, positional.choices), help_hint()));
    }
    return {};
  }

  Error no_such_option(std::string_view name) const {
    std::vector<std::string_view> candidates;
    for (const Option& option : options_) {
      if (!option.hidden) candidates.push_back(option.name);
    }
    const std::string suggestion = did_you_mean(name, candidates);
    if (parsed_.command == nullptr) {
      return usage_error(format("there is no option \"{}\" before a command.{} {}", name,
                                suggestion, help_hint()));
    }
    return usage_error(format("\"{}\" has no option \"{}\".{} {}", parsed_.command->name, name,
                              suggestion, help_hint()));
  }

  std::string help_hint() const {
    if (parsed_.command == nullptr) return "Run \"temper --help\" for all commands and options.";
    return format("Run \"temper {} --help\" for how to use it.", parsed_.command->name);
  }

  // "a FILE", or "a SHELL: bash, zsh or fish".
  static std::string what_is_wanted(std::string_view name,
                                    const std::vector<std::string_view>& choices) {
    const bool sounds_open =
        name == "N" || std::string_view("AEIO").find(name.front()) != name.npos;
    const std::string_view article = sounds_open ? "an" : "a";
    if (choices.empty()) return format("{} {}", article, name);
    return format("{} {}: {}", article, name, list_in_words(choices, "or"));
  }

  // The whole character that starts there, so that a message stays valid text.
  static std::string_view character_at(std::string_view word, std::size_t place) {
    std::size_t end = place + 1;
    while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) ++end;
    return word.substr(place, end - place);
  }

  const std::vector<Command>& commands_;
  const std::vector<std::string>& words_;
  std::size_t next_ = 0;
  std::vector<Option> options_;  // those that count at this point of the line
  ParsedLine parsed_;
};

}  // namespace

std::vector<Option> global_options() {
  return {
      {.name = "--help", .letter = 'h', .help = "print help and stop"},
      {.name = "--color",
       .value = "WHEN",
       .help = "when to use colour",
       .choices = {"auto", "always", "never"}},
      {.name = "--config",
       .value = "FILE",
       .help = "read this file instead of the user's config.toml",
       .completes = Completes::Files},
      {.name = "--verbose",
       .letter = 'v',
       .help = "log what is being done; twice, in every detail",
       .repeatable = true},
      {.name = "--quiet", .letter = 'q', .help = "log only errors"},
  };
}

std::vector<Option> top_level_options() {
  return {{.name = "--version", .letter = 'V', .help = "print the version and stop"}};
}

Result<ParsedLine> parse(const std::vector<Command>& commands,
                         const std::vector<std::string>& words) {
  return Parser(commands, words).parse();
}

const Command* find_command(const std::vector<Command>& commands, std::string_view name) {
  const auto found = std::ranges::find(commands, name, &Command::name);
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace temper::cli
