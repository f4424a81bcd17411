#include "engine/dialect/dialect.h"

#include "engine/dialect/markers.h"

namespace temper::engine {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

struct Row {
  DialectFamily family;
  std::string_view name;
  CallSyntax call;
  ThinkingSyntax thinking;
  std::vector<std::string> turn_ends;
  TemplateHabits habits;
};

const std::vector<Row>& rows() {
  static const ThinkingSyntax kThink = {.open = "<think>\n", .close = "\n</think>\n\n"};
  static const std::vector<Row> kRows = {
      {DialectFamily::None, "none", {}, kThink, {}, {}},
      {DialectFamily::QwenXml,
       "qwen-xml",
       {.lead = "\n\n",
        .opening = "<tool_call>\n<function=",
        .id_open = "",
        .after_name = ">\n",
        .close = "</function>\n</tool_call>",
        .next_opening = "\n<tool_call>\n<function=",
        .end = "",
        .many = true,
        .arguments = ArgumentSpelling::XmlParameters,
        .parameter_open = "<parameter=",
        .parameter_key_close = ">\n",
        .parameter_close = "\n</parameter>\n"},
       kThink,
       {},
       {.thinking_key = "reasoning_content"}},
      {DialectFamily::Hermes,
       "hermes",
       {.lead = "\n",
        .opening = "<tool_call>\n{\"name\": \"",
        .id_open = "",
        .after_name = "\", \"arguments\": ",
        .close = "}\n</tool_call>",
        .next_opening = "\n<tool_call>\n{\"name\": \"",
        .end = ""},
       kThink,
       {},
       {.thinking_key = "reasoning_content", .raw_arguments = true}},
      {DialectFamily::Mistral,
       "mistral",
       {.lead = "",
        .opening = "[TOOL_CALLS]",
        .id_open = "",
        .after_name = "[ARGS]",
        .close = "",
        .next_opening = "[TOOL_CALLS]",
        .end = ""},
       {.open = "[THINK]", .close = "[/THINK]"},
       {},
       {.thinking_key = "content", .raw_arguments = true}},
      {DialectFamily::MistralList,
       "mistral-list",
       {.lead = "",
        .opening = "[TOOL_CALLS][{\"name\": \"",
        .id_open = "",
        .after_name = "\", \"arguments\": ",
        .close = "}",
        .next_opening = ", {\"name\": \"",
        .end = "]"},
       {},
       {},
       {}},
      {DialectFamily::Gemma,
       "gemma",
       {.lead = "",
        .opening = "<|tool_call>call:",
        .id_open = "",
        .after_name = "",
        .close = "<tool_call|>",
        .next_opening = "<|tool_call>call:",
        .end = "",
        .many = true,
        .arguments = ArgumentSpelling::Gemma},
       {.open = "<|channel>thought\n", .close = "\n<channel|>"},
       {"<|tool_response>", "<turn|>"},
       {.thinking_key = "reasoning_content"}},
      {DialectFamily::Llama,
       "llama",
       {.lead = "",
        .opening = "{\"name\": \"",
        .id_open = "",
        .after_name = "\", \"parameters\": ",
        .close = "}",
        .next_opening = "",
        .end = "",
        .many = false},
       {},
       {"<|eom_id|>", "<|eot_id|>"},
       {.one_call_per_message = true}},
      {DialectFamily::Harmony,
       "harmony",
       {.lead = "",
        .opening = "<|channel|>commentary to=functions.",
        .id_open = "",
        .after_name = " <|constrain|>json<|message|>",
        .close = "<|call|>",
        .next_opening = "",
        .end = "",
        .many = false,
        .other_heads = {{" to=functions.", "<|channel|>commentary json<|message|>"}}},
       {.open = "<|channel|>analysis<|message|>", .close = "<|end|><|start|>assistant"},
       {"<|call|>", "<|return|>"},
       {.thinking_key = "thinking", .one_call_per_message = true}},
  };
  return kRows;
}

const Row& row_of(DialectFamily family) {
  for (const Row& row : rows()) {
    if (row.family == family) return row;
  }
  return rows().front();
}

std::string_view without_space_at_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kWhiteSpace);
  return last == text.npos ? std::string_view{} : text.substr(0, last + 1);
}

}  // namespace

std::string_view dialect_family_name(DialectFamily family) { return row_of(family).name; }

const std::vector<DialectFamily>& dialect_families() {
  static const std::vector<DialectFamily> kAll = [] {
    std::vector<DialectFamily> all;
    for (const Row& row : rows()) all.push_back(row.family);
    return all;
  }();
  return kAll;
}

Dialect standard_dialect(DialectFamily family) {
  const Row& row = row_of(family);
  return {.family = family,
          .call = row.call,
          .thinking = row.thinking,
          .turn_ends = row.turn_ends,
          .habits = row.habits};
}

std::vector<std::string> marker_texts(DialectFamily family) {
  std::vector<std::string> texts;
  for (const Marker& marker : markers_of(family)) texts.emplace_back(marker.text);
  return texts;
}

bool leaves_thinking(const Dialect& dialect, std::string_view prompt) {
  const std::string_view open = without_space_at_end(dialect.thinking.open);
  return !open.empty() && without_space_at_end(prompt).ends_with(open);
}

}  // namespace temper::engine
