// `temper generate MODEL [PROMPT]`: a model goes on with a text.
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/printable.h"
#include "cli/local_models.h"
#include "cli/progress.h"
#include "cli/registry.h"
#include "cli/sampling_options.h"
#include "cli/standard_input.h"
#include "engine/sampling/sampler.h"
#include "engine/tokenizer/stream_decoder.h"
#include "engine/tokenizer/tokenizer.h"

namespace temper::cli {
namespace {

using engine::LocalModel;
using engine::Sampler;
using engine::Sequence;
using engine::TokenId;
using engine::Tokenizer;
using std::chrono::duration;

constexpr std::size_t kMostTokens = std::size_t{1} << 24;

// Why the text ended.
enum class Ending { EndOfText, MaxTokens, Stopped };

std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::EndOfText: return "end_of_text";
    case Ending::MaxTokens: return "max_tokens";
    case Ending::Stopped: return "stopped";
  }
  return "";
}

struct Outcome {
  std::size_t prompt_tokens = 0;
  double prompt_seconds = 0;
  std::vector<TokenId> tokens;
  double seconds = 0;  // of all tokens but the first, which belongs to the prompt
  std::string text;
  Ending ending = Ending::MaxTokens;
};

double per_second(std::size_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

double tokens_per_second(const Outcome& outcome) {
  return per_second(outcome.tokens.empty() ? 0 : outcome.tokens.size() - 1, outcome.seconds);
}

class Generation {
 public:
  Generation(Context& context, LocalModel& model, const Tokenizer& tokenizer, Sampler sampler)
      : context_(context),
        model_(model),
        tokenizer_(tokenizer),
        sampler_(std::move(sampler)),
        sequence_(model.new_sequence()),
        decoder_(tokenizer, engine::SpecialsShown::No) {}

  // What was said before a stop is kept.
  Result<Outcome> run(std::span<const TokenId> prompt, std::size_t max_tokens, bool streams) {
    streams_ = streams;
    const Result<void> done = generate(prompt, max_tokens);
    if (!done && done.error().code != Code::Stopped) return done.error();
    if (!done) outcome_.ending = Ending::Stopped;
    show(decoder_.finish());
    return std::move(outcome_);
  }

 private:
  Result<void> generate(std::span<const TokenId> prompt, std::size_t max_tokens) {
    outcome_.prompt_tokens = prompt.size();
    const double started = now();
    TRY(read(prompt));
    outcome_.prompt_seconds = now() - started;
    for (const TokenId token : prompt) sampler_.accept(token);
    while (outcome_.tokens.size() < max_tokens) {
      const TokenId token = TRY(sampler_.sample(scores_)).token;
      sampler_.accept(token);
      if (outcome_.tokens.size() == 1) first_at_ = now();
      if (tokenizer_.is_end_of_generation(token)) {
        outcome_.ending = Ending::EndOfText;
        break;
      }
      outcome_.tokens.push_back(token);
      show(decoder_.add(token));
      if (outcome_.tokens.size() == max_tokens) break;
      TRY(append(std::span(&token, 1), {}));
      outcome_.seconds = now() - started - outcome_.prompt_seconds;
    }
    return {};
  }

  Result<void> read(std::span<const TokenId> prompt) {
    ProgressLine progress(context_.err, context_.err_is_terminal, context_.clock, "reading",
                          Counting::Tokens);
    return append(prompt, [&](std::size_t done) { progress.update(done, prompt.size()); });
  }

  Result<void> append(std::span<const TokenId> tokens,
                      const std::function<void(std::size_t)>& progress) {
    LocalModel::Append how;
    how.stop = context_.stop;
    how.progress = progress;
    return model_.append(sequence_, tokens, how, [&](std::size_t, std::span<const float> scores) {
      scores_.assign(scores.begin(), scores.end());
    });
  }

  void show(const std::string& text) {
    outcome_.text += text;
    if (streams_ && !text.empty()) context_.out.write(printable(text));
  }

  double now() const { return duration<double>(context_.clock.steady()).count(); }

  Context& context_;
  LocalModel& model_;
  const Tokenizer& tokenizer_;
  Sampler sampler_;
  Sequence sequence_;
  engine::StreamDecoder decoder_;
  std::vector<float> scores_;
  Outcome outcome_;
  double first_at_ = 0;
  bool streams_ = true;
};

Json to_json(const Outcome& outcome, const LocalModel& model) {
  Json tokens = Json::array();
  for (const TokenId token : outcome.tokens) tokens.push(token);
  return Json::object(
      {{"text", outcome.text},
       {"ending", name_of(outcome.ending)},
       {"tokens", std::move(tokens)},
       {"prompt_tokens", outcome.prompt_tokens},
       {"prompt_seconds", outcome.prompt_seconds},
       {"prompt_tokens_per_second", per_second(outcome.prompt_tokens, outcome.prompt_seconds)},
       {"tokens_per_second", tokens_per_second(outcome)},
       {"memory_predicted_bytes", model.need().total()},
       {"memory_peak_bytes", peak_resident_bytes()}});
}

void report(Context& context, const Outcome& outcome) {
  context.err.line(context.err.styled(
      Style::Dim,
      format("{} of prompt at {:.0f} a second; {} more at {:.1f} a second{}", outcome.prompt_tokens,
             per_second(outcome.prompt_tokens, outcome.prompt_seconds), outcome.tokens.size(),
             tokens_per_second(outcome), outcome.ending == Ending::Stopped ? "; stopped" : "")));
}

Result<ExitCode> run(Context& context) {
  const Arguments& arguments = context.arguments;
  const std::size_t max_tokens = TRY(
      parse_count("--max-tokens", arguments.value("--max-tokens").value_or("256"), 1, kMostTokens));
  engine::SamplingSettings sampling = TRY(read_sampling(arguments));
  engine::ModelFile file = TRY(open_model_file(context, *arguments.value("MODEL")));
  const std::unique_ptr<Tokenizer> tokenizer = TRY(Tokenizer::load(file.first()));
  sampling.suppressed = tokenizer->suppressed();
  Sampler sampler = TRY(Sampler::create(std::move(sampling), tokenizer->size()));

  const std::string text = TRY(argument_or_input(context, "PROMPT"));
  const std::vector<TokenId> prompt = tokenizer->encode(
      text, arguments.has("--special") ? engine::Specials::Parsed : engine::Specials::AsText,
      engine::Ends::Added);
  if (prompt.empty()) {
    return Error{Code::Invalid,
                 "the prompt is empty, and this model does not begin by itself; give it a word"};
  }
  engine::LoadOptions defaults;
  defaults.context = prompt.size() + max_tokens;
  const engine::LoadOptions options = TRY(load_options(context, defaults));
  if (options.context < prompt.size() + 1) {
    return Error{Code::Limit,
                 format("the prompt has {} tokens, and --context allows {}; allow more",
                        prompt.size(), options.context)};
  }
  const std::unique_ptr<LocalModel> model =
      TRY(load_local_model(context, std::move(file), options));

  Generation generation(context, *model, *tokenizer, std::move(sampler));
  const bool json = arguments.has("--json");
  const Outcome outcome =
      TRY(generation.run(prompt, std::min(max_tokens, options.context - prompt.size()), !json));
  if (json) {
    context.out.line(to_json(outcome, *model).dump());
  } else {
    context.out.line();
    report(context, outcome);
  }
  return outcome.ending == Ending::Stopped ? ExitCode::Interrupted : ExitCode::Success;
}

std::vector<Option> options() {
  std::vector<Option> options{
      {.name = "--max-tokens",
       .letter = 'n',
       .value = "N",
       .help = "stop after N tokens; else 256"},
      {.name = "--special",
       .help = "texts of control tokens in the prompt, such as <|im_start|>, are these tokens"}};
  for (Option& option : sampling_option_list()) options.push_back(std::move(option));
  for (Option& option :
       load_option_list("fast (activations in 8 bits) or exact (in single precision); else fast",
                        "tokens that there is memory for; else prompt and answer")) {
    options.push_back(std::move(option));
  }
  options.push_back(json_option());
  return options;
}

}  // namespace

Command generate_command() {
  return {
      .name = "generate",
      .group = Group::Models,
      .summary = "let a model go on with a text",
      .description =
          "Prints what the model says as it says it, and at the end, on the standard error "
          "output, how fast that was. The prompt is the model's bare input, without a chat "
          "template. Ctrl-C ends it and keeps the text.",
      .positionals = {{.name = "MODEL", .help = "a GGUF file", .completes = Completes::Files},
                      {.name = "PROMPT",
                       .help = "the text to go on with; without it, the standard input",
                       .required = false}},
      .options = options(),
      .examples = {{"temper generate model.gguf \"def fibonacci(n):\"", "256 tokens, streamed"},
                   {"temper generate model.gguf --temperature 0 -n 32 < prompt.txt",
                    "the likeliest 32 tokens after a file"}},
      .exits = {{ExitCode::Failed,
                 "the model cannot be loaded, or there is not the memory for it"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
