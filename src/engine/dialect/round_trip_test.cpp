// What a model wrote is what its template writes of the messages that were read: so what
// comes after a turn begins with all that was computed for it. Where a vendor's template
// writes something else, that is told here.
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <span>

#include "base/text.h"
#include "engine/dialect/conversation.h"
#include "engine/dialect/templates_for_tests.h"
#include "engine/dialect/transcripts_for_tests.h"

namespace temper::engine {
namespace {

using chat::Message;
using chat::Role;

struct Turn {
  std::string_view name;
  std::string_view thinking = {};
  std::string_view text = {};
  std::vector<std::pair<std::string_view, std::string_view>> calls = {};
};

std::vector<Turn> turns() {
  return {
      {.name = "call",
       .calls = {{"run_shell", R"({"command": "ls -la \"x y\" | head\necho <ü> 你"})"}}},
      {.name = "text, call",
       .text = "I'll look.\nThen I'll see.",
       .calls = {{"read_file", R"({"path": "a/b.cpp"})"}}},
      {.name = "thinking, call",
       .thinking = "What is there?\n\nI need a listing.",
       .calls = {{"git_status", "{}"}}},
      {.name = "thinking, text, call",
       .thinking = "Hm.",
       .text = "One moment.",
       .calls = {{"read_file", R"({"path": "a"})"}}},
      {.name = "two calls",
       .calls = {{"read_file", R"({"path": "a"})"}, {"read_file", R"({"path": "b"})"}}},
      {.name = "containers",
       .calls = {{"edit_file", R"({"edits": [{"new": "x = \"1\"\n", "old": ""}], "path": "a"})"}}},
      {.name = "scalars",
       .calls = {{"run_shell",
                  R"({"command": "", "dry": true, "env": {"A": null}, "timeout_s": 5})"}}},
      {.name = "compact", .calls = {{"edit_file", R"({"edits":[{"old":"a"}],"path":"a"})"}}},
      {.name = "unsorted", .calls = {{"write_file", R"({"path": "a", "content": "b"})"}}},
  };
}

std::string gemma_value(const Json& value) {
  if (value.is_string()) return "<|\"|>" + *value.string() + "<|\"|>";
  std::vector<std::string> items;
  if (value.is_array()) {
    for (const Json& item : *value.items()) items.push_back(gemma_value(item));
    return "[" + join(items, ",") + "]";
  }
  if (!value.is_object()) return value.dump();
  for (const auto& [key, item] : *value.members()) items.push_back(key + ":" + gemma_value(item));
  return "{" + join(items, ",") + "}";
}

// JSON with the white space that json.dumps gives it.
std::string spaced(const Json& value) {
  std::vector<std::string> items;
  if (value.is_array()) {
    for (const Json& item : *value.items()) items.push_back(spaced(item));
    return "[" + join(items, ", ") + "]";
  }
  if (!value.is_object()) return value.dump();
  for (const auto& [key, item] : *value.members()) {
    items.push_back(Json(key).dump() + ": " + spaced(item));
  }
  return "{" + join(items, ", ") + "}";
}

std::string spelled(const CallSyntax& call, std::string_view arguments) {
  if (call.arguments == ArgumentSpelling::Json) return std::string(arguments);
  const Json object = *parse_json(arguments);
  if (call.arguments == ArgumentSpelling::Gemma) return gemma_value(object);
  std::string all;
  for (const auto& [key, value] : *object.members()) {
    all += call.parameter_open + key + call.parameter_key_close +
           (value.is_string() ? *value.string() : spaced(value)) + call.parameter_close;
  }
  return all;
}

// What a model writes that goes by the description, behind a prompt that ends so.
std::string written(const Dialect& dialect, std::string_view prompt, const Turn& turn) {
  const CallSyntax& call = dialect.call;
  std::string all;
  if (leaves_thinking(dialect, prompt)) {
    all += std::string(turn.thinking) + dialect.thinking.close;
  } else if (!turn.thinking.empty()) {
    all += dialect.thinking.open + std::string(turn.thinking) + dialect.thinking.close;
  }
  all += turn.text;
  if (!turn.text.empty()) all += call.lead;
  bool first = true;
  int number = 1;
  for (const auto& [name, arguments] : turn.calls) {
    all += first ? call.opening : call.next_opening;
    all += name;
    if (!call.id_open.empty()) all += format("{}aBcDeFg0{}", call.id_open, number++);
    all += call.after_name + spelled(call, arguments) + call.close;
    first = false;
  }
  return all + call.end;
}

std::string render(const TemplateForTest& one, const std::vector<Message>& messages,
                   bool generate) {
  // One of them: not every template can describe the others.
  const std::vector<chat::ToolSpec> tools = tools_for_tests();
  const auto variables = conversation_variables(
      one.dialect, messages, std::span(tools).first(1),
      {.add_generation_prompt = generate, .extra = Json::object({{"enable_thinking", true}})});
  const auto text = one.chat.render(*variables, {});
  return text ? text->text() : "error: " + text.error().message;
}

// "same", or from where on the template writes something else.
std::string outcome(const TemplateForTest& one, const Turn& turn) {
  if (!turn.thinking.empty() && one.dialect.thinking.open.empty()) return "same";
  if (turn.calls.size() > 1 && !one.dialect.call.many) return "same";
  // In these, text is no neighbour of a call: it is another reply, or another message.
  const DialectFamily family = one.dialect.family;
  const bool calls_alone = family == DialectFamily::Llama || family == DialectFamily::Harmony;
  if (!turn.text.empty() && calls_alone) return "same";
  std::vector<Message> messages{chat::text_message(Role::User, "Please.")};
  const std::string prompt = render(one, messages, true);
  const std::string text = written(one.dialect, prompt, turn);
  ReaderOptions options;
  options.tools = tools_for_tests();
  options.prompt_end = prompt;
  const chat::Reply reply = read_reply(one.dialect, options, {{text, false}});
  // First of all, what is read is what was meant.
  Message meant{Role::Assistant, {}};
  if (!turn.thinking.empty())
    meant.parts.emplace_back(chat::Thinking{std::string(turn.thinking), {}});
  if (!turn.text.empty()) meant.parts.emplace_back(chat::Text{std::string(turn.text)});
  std::vector<chat::ToolResult> results;
  for (const chat::ToolCall& call : chat::calls_of(reply.message)) {
    const std::size_t at = results.size();
    REQUIRE(at < turn.calls.size());
    CHECK(call.name == turn.calls[at].first);
    CHECK(*parse_json(call.arguments) == *parse_json(turn.calls[at].second));
    results.push_back({call.id, "Zq."});
    meant.parts.emplace_back(call);
  }
  CHECK(results.size() == turn.calls.size());
  CHECK(reply.message == meant);

  messages.push_back(reply.message);
  for (const chat::ToolResult& result : results) messages.push_back(chat::result_message(result));
  const std::string next = render(one, messages, true);
  const std::string expected = prompt + text;
  if (next.starts_with(expected)) return "same";
  std::size_t same = 0;
  while (same < expected.size() && same < next.size() && expected[same] == next[same]) ++same;
  const std::size_t from = same < 12 ? 0 : same - 12;
  return format("wrote {}, template {}", Json(expected.substr(from, 40)).dump(),
                Json(next.substr(from, 40)).dump());
}

std::string outcomes(const std::vector<TemplateForTest>& templates) {
  std::string lines;
  for (const TemplateForTest& one : templates) {
    if (one.dialect.family == DialectFamily::None) continue;
    for (const Turn& turn : turns()) {
      CAPTURE(one.name);
      CAPTURE(turn.name);
      const std::string found = outcome(one, turn);
      if (found != "same") lines += format("{}: {}: {}\n", one.name, turn.name, found);
    }
  }
  return lines;
}

TEST_CASE("round trip: the templates of this repository write what was read") {
  // Where arguments are written anew, their white space is the template's.
  auto templates = templates_of_ours();
  const auto reformats = [](const TemplateForTest& one) {
    return one.dialect.call.arguments == ArgumentSpelling::Json &&
           !one.dialect.habits.raw_arguments;
  };
  CHECK(std::count_if(templates.begin(), templates.end(), reformats) == 4);  // and `none`
  const std::string lines = outcomes(templates);
  for (const std::string_view line : split(lines, '\n')) {
    const auto one = std::find_if(templates.begin(), templates.end(), [&](const auto& candidate) {
      return line.starts_with(candidate.name + ": compact: ");
    });
    CHECK_MESSAGE((line.empty() || (one != templates.end() && reformats(*one))), line);
  }
}

TEST_CASE("round trip: what vendors' templates make of it") {
  const auto templates = templates_of_vendors();
  if (templates.empty()) {
    std::cout << "SKIPPED: there are no templates in ../shared/fixtures/templates\n";
    return;
  }
  const std::string path =
      std::string(TEMPER_SOURCE_DIR) + "/tests/golden/dialect_templates/round_trips_of_vendors.txt";
  const std::string lines = outcomes(templates);
  if (std::getenv("TEMPER_UPDATE_TRANSCRIPTS") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    CHECK(write_file_atomically(path, lines).ok());
  }
  CHECK(lines == *read_file(path, 1 << 20));
}

}  // namespace
}  // namespace temper::engine
