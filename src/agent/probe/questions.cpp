#include "agent/probe/questions.h"

#include <algorithm>
#include <iterator>

#include "base/format.h"
#include "base/random.h"
#include "base/text.h"

namespace temper::agent {
namespace {

using chat::Message;
using chat::Part;
using chat::Role;
using chat::text_message;
using chat::ToolCall;
using chat::ToolSpec;

Json property(std::string_view type, std::string_view description) {
  return Json::object({{"type", type}, {"description", description}});
}

ToolSpec tool(std::string name, std::string description, Json properties, Json required) {
  return {std::move(name), std::move(description),
          Json::object({{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)},
                        {"additionalProperties", false}})};
}

std::vector<Message> asked(std::string_view what) {
  return {text_message(Role::System,
                       "You work on a repository with the tools that you have. When the user asks "
                       "for something that a tool does, call it. Otherwise answer briefly."),
          text_message(Role::User, std::string(what))};
}

// What the user asked for, the call that came of it, and its result.
std::vector<Message> after_call(std::string_view what, ToolCall call, std::string result,
                                bool is_error) {
  std::vector<Message> messages = asked(what);
  const std::string id = call.id;
  messages.push_back({Role::Assistant, {Part(std::move(call))}});
  messages.push_back(chat::result_message({id, std::move(result), is_error}));
  return messages;
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.as_integer().ok();
  return false;
}

bool is_same(const Json& value, const Json& wanted) {
  if (value.is_string() && wanted.is_string())
    return trim(*value.string()) == trim(*wanted.string());
  return value == wanted;
}

bool says(std::string_view answer, std::string_view word) {
  return answer.find(word) != answer.npos;
}

}  // namespace

std::vector<ToolSpec> probe_tools() {
  return {
      tool("read", "Read a file, or some of its lines.",
           Json::object({{"path", property("string", "the file")},
                         {"first", property("integer", "the first line")},
                         {"last", property("integer", "the last line")}}),
           Json::array({"path"})),
      tool("edit", "Replace text that occurs once in a file.",
           Json::object({{"path", property("string", "the file")},
                         {"before", property("string", "the text as it is")},
                         {"after", property("string", "the text as it shall be")}}),
           Json::array({"path", "before", "after"})),
      tool("write", "Make a new file.",
           Json::object({{"path", property("string", "the file")},
                         {"content", property("string", "all of its text")}}),
           Json::array({"path", "content"})),
      tool("run", "Run a shell command.",
           Json::object({{"command", property("string", "the command")}}),
           Json::array({"command"})),
  };
}

const std::vector<CallQuestion>& call_questions() {
  static const std::vector<CallQuestion> kQuestions = {
      {"read a file", asked("Show me what is in src/parser.c."), "read",
       Json::object({{"path", "src/parser.c"}})},
      {"read some lines", asked("I want to see lines 120 to 160 of lib/queue.py."), "read",
       Json::object({{"path", "lib/queue.py"}, {"first", 120}, {"last", 160}})},
      {"run a command", asked("Run `make check` for me."), "run",
       Json::object({{"command", "make check"}})},
      {"edit a line",
       asked("In settings.ini the line `retries = 3` shall become `retries = 5`. Edit it."), "edit",
       Json::object(
           {{"path", "settings.ini"}, {"before", "retries = 3"}, {"after", "retries = 5"}})},
      {"write quotes and line breaks",
       asked("Make the file greet.sh with exactly these two lines:\n#!/bin/sh\necho \"hello\""),
       "write", Json::object({{"path", "greet.sh"}, {"content", "#!/bin/sh\necho \"hello\""}})},
      {"go on after a result",
       after_call("Read VERSION, then run the script that is named in it.",
                  {"call00001", "read", R"({"path": "VERSION"})"},
                  "release script: ./tools/ship.sh\n", false),
       "run", Json::object({{"command", "./tools/ship.sh"}})},
      {"learn from an error",
       after_call("Read the file util.h.", {"call00001", "read", R"({"path": "util.h"})"},
                  "There is no util.h; there is include/util.h.", true),
       "read", Json::object({{"path", "include/util.h"}})},
  };
  return kQuestions;
}

const std::vector<WordsQuestion>& words_questions() {
  static const std::vector<WordsQuestion> kQuestions = {
      {"a question that needs no tool", asked("How many days does a week have?"), ""},
      {"a result that answers",
       after_call("Which version is in VERSION?", {"call00001", "read", R"({"path": "VERSION"})"},
                  "4.17.3\n", false),
       "4.17.3"},
      {"a list with an end", asked("Name the months of a year, one on each line."), ""},
  };
  return kQuestions;
}

bool is_valid_call(const ToolCall& call, const std::vector<ToolSpec>& tools) {
  const auto spec = std::find_if(tools.begin(), tools.end(),
                                 [&](const ToolSpec& one) { return one.name == call.name; });
  const Result<Json> arguments = parse_json(call.arguments);
  if (spec == tools.end() || !arguments || !arguments->is_object()) return false;
  const Json& properties = *spec->parameters.find("properties");
  for (const auto& [name, value] : *arguments->members()) {
    const Json* property = properties.find(name);
    if (property == nullptr || !has_type(value, *property->find("type")->string())) return false;
  }
  const Json::Array& required = *spec->parameters.find("required")->items();
  return std::all_of(required.begin(), required.end(),
                     [&](const Json& name) { return arguments->find(*name.string()) != nullptr; });
}

bool is_wanted_call(const ToolCall& call, const CallQuestion& question) {
  const Result<Json> arguments = parse_json(call.arguments);
  if (call.name != question.tool || !arguments) return false;
  const Json::Object& wanted = *question.arguments.members();
  return std::all_of(wanted.begin(), wanted.end(), [&](const Json::Member& member) {
    const Json* value = arguments->find(member.first);
    return value != nullptr && is_same(*value, member.second);
  });
}

FactsText make_facts_text(std::size_t bytes, std::uint64_t seed) {
  constexpr std::string_view kPlaces[] = {"Oslo", "Lyon", "Porto", "Graz", "Turku", "Bern"};
  constexpr std::string_view kGoods[] = {"timber", "glass", "paper", "wool", "salt", "tiles"};
  Random random(seed);
  const auto key = [&] { return format("K-{}", 1000 + random.below(9000)); };
  FactsText facts;
  facts.first = {"blue", key()};
  do {
    facts.second = {"green", key()};
  } while (facts.second.key == facts.first.key);
  const auto tell = [&](const FactsText::Fact& fact) {
    facts.text += format("The key of the {} cabinet is {}.\n", fact.colour, fact.key);
  };
  bool told_first = false;
  bool told_second = false;
  for (std::size_t entry = 1; facts.text.size() < bytes || !told_second; ++entry) {
    facts.text += format("Entry {}: {} crates of {} came from {} and weighed {} kg.\n", entry,
                         2 + random.below(90), kGoods[random.below(std::size(kGoods))],
                         kPlaces[random.below(std::size(kPlaces))], 10 + random.below(900));
    if (!told_first && facts.text.size() >= bytes / 4) {
      tell(facts.first);
      told_first = true;
    } else if (told_first && !told_second && facts.text.size() >= bytes / 3 * 2) {
      tell(facts.second);
      told_second = true;
    }
  }
  return facts;
}

std::string facts_question(const FactsText::Fact& fact) {
  return format("Which key has the {} cabinet? Answer with the key alone.", fact.colour);
}

FactAnswer judge_fact(std::string_view answer, const FactsText::Fact& asked,
                      const FactsText::Fact& other) {
  if (says(answer, other.key)) return FactAnswer::MixedUp;
  return says(answer, asked.key) ? FactAnswer::Right : FactAnswer::Missed;
}

}  // namespace temper::agent
