// A long conversation through a chat template: 200 messages, 500 KB.
#include <benchmark/benchmark.h>

#include <string>

#include "base/json.h"
#include "base/random.h"
#include "engine/template/chat_template.h"

namespace temper::engine {
namespace {

// In the manner of templates for models that think and call tools: a scan from the end,
// namespaces, splitting, JSON.
constexpr std::string_view kTemplate = R"(
{%- macro shown(content) %}{% if content is string %}{{ content }}{% endif %}{% endmacro %}
{%- set ns = namespace(last=0) %}
{%- for message in messages[::-1] %}
    {%- if message.role == "user" and ns.last == 0 %}{% set ns.last = loop.revindex0 %}{% endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = shown(message.content) | trim %}
    {%- if message.role == "assistant" %}
        {%- if "</think>" in content %}
            {%- set content = content.split("</think>")[-1].lstrip("\n") %}
        {%- endif %}
        {{- "<|im_start|>" + message.role + "\n" + content }}
        {%- for call in message.tool_calls or [] %}
            {{- '\n<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments | tojson }}
            {{- "}\n</tool_call>" }}
        {%- endfor %}
        {{- "<|im_end|>\n" }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or messages[loop.index0 - 1].role != "tool" %}{{ "<|im_start|>user" }}{% endif %}
        {{- "\n<tool_response>\n" + content + "\n</tool_response>" }}
        {%- if loop.last or loop.nextitem.role != "tool" %}{{ "<|im_end|>\n" }}{% endif %}
    {%- else %}
        {{- "<|im_start|>" + message.role + "\n" + content + "<|im_end|>\n" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ "<|im_start|>assistant\n" }}{% endif %})";

std::string prose(Random& random, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    text += random.below(20) == 0 ? "größer " : random.name(2 + random.below(8)) + " ";
    if (random.below(12) == 0) text += '\n';
  }
  return text;
}

Json conversation() {
  Random random(1);
  Json messages = Json::array();
  for (int turn = 0; turn < 50; ++turn) {
    messages.push(Json::object({{"role", "user"}, {"content", prose(random, 1000)}}));
    const Json arguments = Json::object({{"path", random.name(20)}, {"text", prose(random, 1000)}});
    const Json call = Json::object(
        {{"function", Json::object({{"name", "write_file"}, {"arguments", arguments}})}});
    messages.push(Json::object({{"role", "assistant"},
                                {"content", "<think>" + prose(random, 1000) + "</think>\n\nSo."},
                                {"tool_calls", Json::array({call})}}));
    messages.push(Json::object({{"role", "tool"}, {"content", prose(random, 5000)}}));
    messages.push(Json::object({{"role", "assistant"}, {"content", prose(random, 2000)}}));
  }
  return Json::object({{"messages", messages}, {"add_generation_prompt", true}});
}

void render_conversation(benchmark::State& state) {
  const auto chat = ChatTemplate::parse(kTemplate, "");
  const Json variables = conversation();
  std::size_t bytes = 0;
  while (state.KeepRunning()) bytes += chat->render(variables, {})->text().size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(render_conversation)->Unit(benchmark::kMillisecond);

void parse_template(benchmark::State& state) {
  while (state.KeepRunning()) benchmark::DoNotOptimize(ChatTemplate::parse(kTemplate, "").ok());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kTemplate.size()));
}
BENCHMARK(parse_template)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace temper::engine

BENCHMARK_MAIN();
