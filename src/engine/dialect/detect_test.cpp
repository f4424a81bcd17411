// What is read off templates: of those that vendors publish, where they are, and of small
// ones of our own for every family.
#include "engine/dialect/detect.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "base/format.h"
#include "base/json.h"
#include "engine/dialect/templates_for_tests.h"

namespace temper::engine {
namespace {

// The fields that are not empty, a line each.
std::string shown(const Dialect& dialect) {
  std::string lines = "  family " + std::string(dialect_family_name(dialect.family)) + "\n";
  const auto line = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) lines += format("  {} {}\n", name, Json(value).dump());
  };
  const CallSyntax& call = dialect.call;
  line("lead", call.lead);
  line("opening", call.opening);
  line("id_open", call.id_open);
  line("after_name", call.after_name);
  for (const CallHead& head : call.other_heads) {
    line("or opening", head.opening);
    line("with after_name", head.after_name);
  }
  line("parameter_open", call.parameter_open);
  line("parameter_key_close", call.parameter_key_close);
  line("parameter_close", call.parameter_close);
  line("close", call.close);
  line("next_opening", call.next_opening);
  line("end", call.end);
  if (dialect.family != DialectFamily::None && !call.many) lines += "  one call\n";
  line("thinking.open", dialect.thinking.open);
  line("thinking.close", dialect.thinking.close);
  line("thinking_key", dialect.habits.thinking_key);
  if (dialect.habits.raw_arguments) lines += "  raw arguments\n";
  if (dialect.habits.one_call_per_message) lines += "  one call per message\n";
  if (dialect.habits.results_with_calls) lines += "  results with calls\n";
  return lines;
}

void check_as_kept(const std::vector<TemplateForTest>& templates, const std::string& kept) {
  std::string all;
  for (const TemplateForTest& one : templates) all += one.name + "\n" + shown(one.dialect);
  const std::string path = std::string(TEMPER_SOURCE_DIR) + "/tests/golden/" + kept;
  if (std::getenv("TEMPER_UPDATE_TRANSCRIPTS") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    CHECK(write_file_atomically(path, all).ok());
  }
  CHECK(all == *read_file(path, 1 << 20));
}

TEST_CASE("detect: the templates of this repository, all families among them") {
  const auto templates = templates_of_ours();
  std::map<DialectFamily, int> count;
  for (const TemplateForTest& one : templates) ++count[one.dialect.family];
  for (const DialectFamily family : dialect_families()) CHECK(count[family] >= 1);
  check_as_kept(templates, "dialect_templates/dialects.txt");
}

TEST_CASE("detect: the templates that vendors publish") {
  const auto templates = templates_of_vendors();
  if (templates.empty()) {
    std::cout << "SKIPPED: there are no templates in ../shared/fixtures/templates\n";
    return;
  }
  check_as_kept(templates, "dialect_templates/dialects_of_vendors.txt");
}

Dialect of_source(std::string_view source) {
  return detect_dialect(*ChatTemplate::parse(source, ""), source);
}

TEST_CASE("detect: a template that refuses the conversation is judged by its words") {
  const std::string_view refuses =
      "{% if tools %}{{ raise_exception('no') }}{% endif %}{# <tool_call> <think> #}";
  CHECK(of_source(refuses) == standard_dialect(DialectFamily::Hermes));
  CHECK(of_source("{{ tools and raise_exception('no') }}[TOOL_CALLS][ARGS]").family ==
        DialectFamily::Mistral);
  CHECK(of_source("{{ tools and raise_exception('no') }}[TOOL_CALLS]").family ==
        DialectFamily::MistralList);
  CHECK(of_source("{{ tools and raise_exception('no') }}<|tool_call>").family ==
        DialectFamily::Gemma);
  CHECK(of_source("{{ tools and raise_exception('no') }}<|python_tag|>").family ==
        DialectFamily::Llama);
  CHECK(of_source("{{ tools and raise_exception('no') }}<function=").family ==
        DialectFamily::QwenXml);
  CHECK(of_source("{{ tools and raise_exception('no') }}<|channel|>functions.").family ==
        DialectFamily::Harmony);
}

TEST_CASE("detect: no tools, no dialect; thinking all the same") {
  CHECK(of_source("") == Dialect{});
  CHECK(of_source("{{ messages[0].content }} <tool_call>") == Dialect{});
  Dialect thinks;
  thinks.thinking = {.open = "<think>\n", .close = "\n</think>\n\n"};
  CHECK(of_source("{{ messages[0].content }} <think>") == thinks);
}

TEST_CASE("detect: a prompt may leave the model thinking") {
  const Dialect qwen = standard_dialect(DialectFamily::QwenXml);
  CHECK(leaves_thinking(qwen, "<|im_start|>assistant\n<think>\n"));
  CHECK(leaves_thinking(qwen, "<think>"));
  CHECK(!leaves_thinking(qwen, "<think>\n\n</think>\n\n"));
  CHECK(!leaves_thinking(qwen, "assistant\n"));
  const Dialect gemma = standard_dialect(DialectFamily::Gemma);
  CHECK(leaves_thinking(gemma, "<|channel>thought\n"));
  CHECK(!leaves_thinking(gemma, "<|channel>thought\n<channel|>"));
  CHECK(!leaves_thinking(Dialect{}, "<think>\n"));
}

}  // namespace
}  // namespace temper::engine
