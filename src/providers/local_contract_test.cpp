// The contract of the port, for models of every dialect.
#include <doctest/doctest.h>

#include "chat/contract.h"
#include "chat/reply.h"
#include "engine/dialect/reader.h"
#include "providers/told_tools.h"
#include "support/tiny_models.h"

namespace temper::providers {
namespace {

using chat::Part;
using chat::Provider;
using chat::Request;
using chat::Situation;

constexpr std::size_t kContext = 4096;

// A provider with a tokenizer of its own for the script, which must outlive the choosers.
class Actor final : public Provider {
 public:
  Actor(std::unique_ptr<engine::Tokenizer> tokenizer, std::unique_ptr<LocalProvider> inner)
      : tokenizer_(std::move(tokenizer)), inner_(std::move(inner)) {}

  chat::Capabilities capabilities() const override { return inner_->capabilities(); }
  void stream(const Request& request, const chat::EventSink& sink, const StopToken& stop) override {
    Request limited = request;
    if (limit_) limited.max_output_tokens = *limit_;
    inner_->stream(limited, sink, stop);
  }

  // From now on replies are as long as the script, which does not end the turn.
  void limit_to_script(const Request& request) {
    limit_ = collect(*inner_, request, {}).usage.output_tokens;
  }

 private:
  std::optional<std::uint64_t> limit_;
  std::unique_ptr<engine::Tokenizer> tokenizer_;
  std::unique_ptr<LocalProvider> inner_;
};

// What the model would write for these parts, without the end of its turn, which is one
// token. Where tools are told in the prompt, that is the prompt's own way.
std::string text_of(const TinyModel& model, const Request& request, std::vector<Part> parts) {
  if (model.dialect().family != engine::DialectFamily::None) {
    std::string text = model.written(request, std::move(parts));
    const std::string probe = model.written(request, {chat::Text{"X"}});
    const std::string_view end = std::string_view(probe).substr(probe.rfind('X') + 1);
    if (text.ends_with(end)) text.resize(text.size() - end.size());
    return text;
  }
  Request told;
  told.messages = {{chat::Role::Assistant, std::move(parts)}};
  return chat::text_of(tools_told(told).front());
}

// The parts that are read in the text, as messages have them.
std::vector<Part> read_back(const engine::Dialect& dialect, const Request& request,
                            const std::string& text, const std::string& prompt_end) {
  engine::DialectReader reader(dialect, {.tools = request.tools, .prompt_end = prompt_end});
  chat::ReplyCollector collector;
  for (const chat::StreamEvent& event : reader.add(text)) collector.add(event);
  const engine::ReadEnd end = reader.finish(chat::StopReason::EndOfTurn);
  for (const chat::StreamEvent& event : end.events) collector.add(event);
  collector.add(chat::Done{end.reason, {}});
  std::vector<Part> parts = collector.finish().message.parts;
  for (Part& part : parts) {
    if (auto* call = std::get_if<chat::ToolCall>(&part)) call->id.clear();
  }
  return parts;
}

// What the model has to write; nothing where its dialect cannot say that.
std::optional<std::string> script_of(const TinyModel& model, const Situation& situation) {
  std::vector<Part> parts = situation.says;
  if (situation.half_call) {
    parts.emplace_back(*situation.half_call);
    std::get<chat::ToolCall>(parts.back()).arguments += "\"}";
  }
  std::string text = text_of(model, situation.request, parts);
  const bool is_told = model.dialect().family == engine::DialectFamily::None;
  const engine::Dialect dialect =
      is_told ? standard_dialect(engine::DialectFamily::Hermes) : model.dialect();
  const std::string prompt = is_told ? "" : model.prompt(situation.request);
  if (read_back(dialect, situation.request, text, prompt) != parts) return std::nullopt;
  if (situation.half_call) {
    const std::string_view last = "src/ma";
    text.resize(text.rfind(last) + last.size());
  }
  return text;
}

std::unique_ptr<Provider> act(const TinyModel& model, const Situation& situation) {
  using Ending = Situation::Ending;
  if (situation.ending == Ending::ConnectionDies || situation.ending == Ending::Stalls) {
    return nullptr;  // there is nothing between it and us
  }
  const std::optional<std::string> script = script_of(model, situation);
  if (!script) return nullptr;
  const std::string& text = *script;
  auto loaded = model.load(kContext);
  Result<std::unique_ptr<engine::Tokenizer>> tokenizer =
      engine::Tokenizer::load(loaded->file().first());
  const engine::Tokenizer& words = **tokenizer;
  LocalOptions options;
  options.name = "tiny";
  const auto ending = situation.ending == Ending::Error        ? ScriptEnd::FailsAtOnce
                      : situation.ending == Ending::TokenLimit ? ScriptEnd::Fails
                                                               : ScriptEnd::EndsTurn;
  options.chooser = [&words, text, ending](const Request&) {
    return std::make_unique<ScriptedChooser>(words, text, ending);
  };
  auto provider = LocalProvider::create(std::move(loaded), test_clock(), std::move(options));
  REQUIRE_MESSAGE(provider, (provider ? "" : provider.error().message));
  auto actor = std::make_unique<Actor>(std::move(tokenizer).take(), std::move(provider).take());
  if (situation.ending == Ending::TokenLimit) actor->limit_to_script(situation.request);
  return actor;
}

// Gemma's calls are no JSON, so that the letters of their arguments are ours; Llama and
// Harmony have one call in a turn, and others no thinking.
std::size_t most_unsaid(std::string_view name) {
  if (name == "gemma") return 9;
  if (name == "llama" || name == "harmony") return 7;
  if (name == "none") return 3;
  return name == "hermes_compact" || name.starts_with("mistral") ? 1 : 0;
}

TEST_CASE("local provider: it keeps the contract, in every dialect") {
  for (const TinyDialect& which : tiny_dialects()) {
    const TinyModel model(which);
    const chat::ContractReport report = chat::check_provider_contract(
        [&](const Situation& situation) { return act(model, situation); });
    std::string lines;
    for (const std::string& violation : report.violations) lines += violation + "\n";
    CAPTURE(which.name);
    CAPTURE(which.has_tokens);
    CHECK(lines == "");
    // Five kinds of failure are none of ours; then those that a dialect cannot say.
    CHECK(report.skipped.size() <= 5 + most_unsaid(which.name));
  }
}

}  // namespace
}  // namespace temper::providers
