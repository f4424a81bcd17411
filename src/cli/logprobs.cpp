// `temper logprobs MODEL --tokens LIST`: what a model makes of given tokens, number for
// number, to compare engines with each other.
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "cli/local_models.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

using engine::LocalModel;
using engine::Sequence;
using engine::TokenId;

struct Row {
  std::size_t position = 0;
  std::size_t greatest = 0;
  std::vector<float> logprobs;
};

// Log-probabilities: scores less the logarithm of the sum of their exponentials.
Row normalised(std::size_t position, std::span<const float> scores) {
  Row row{position, 0, std::vector<float>(scores.begin(), scores.end())};
  const auto greatest = std::max_element(scores.begin(), scores.end());
  row.greatest = static_cast<std::size_t>(greatest - scores.begin());
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score - *greatest));
  const double base = static_cast<double>(*greatest) + std::log(sum);
  for (float& value : row.logprobs) value = static_cast<float>(static_cast<double>(value) - base);
  return row;
}

std::string line_of(const Row& row) {
  std::string line = format("P {} {}", row.position, row.greatest);
  for (const float value : row.logprobs) line += format(" {:.7g}", value);
  return line;
}

std::size_t tokens_at_a_time(const std::string& mode, std::size_t count) {
  if (mode == "one") return 1;
  if (mode == "chunk7") return 7;
  return std::max<std::size_t>(1, count);
}

struct Outcome {
  std::vector<Row> rows;
  std::vector<TokenId> continuation;
};

Result<Outcome> compute(Context& context, LocalModel& model, const std::vector<TokenId>& tokens,
                        const std::vector<std::size_t>& positions, std::size_t at_a_time,
                        std::size_t greedy) {
  Outcome outcome;
  Sequence sequence = model.new_sequence();
  TokenId next = 0;
  LocalModel::Append how;
  how.scores_at = positions;
  how.scores_at.push_back(tokens.size() - 1);
  how.stop = context.stop;
  const auto take = [&](std::size_t position, std::span<const float> scores) {
    const auto greatest = std::max_element(scores.begin(), scores.end());
    next = static_cast<TokenId>(greatest - scores.begin());
    if (std::find(positions.begin(), positions.end(), position) != positions.end()) {
      outcome.rows.push_back(normalised(position, scores));
    }
  };
  const std::span all(tokens);
  for (std::size_t done = 0; done < tokens.size(); done += at_a_time) {
    TRY(model.append(sequence, all.subspan(done, std::min(at_a_time, tokens.size() - done)), how,
                     take));
  }
  how.scores_at.clear();
  for (std::size_t i = 0; i < greedy; ++i) {
    outcome.continuation.push_back(next);
    const TokenId chosen = next;
    TRY(model.append(sequence, std::span(&chosen, 1), how, take));
  }
  return outcome;
}

Json to_json(const Outcome& outcome) {
  Json rows = Json::array();
  for (const Row& row : outcome.rows) {
    Json logprobs = Json::array();
    for (const float value : row.logprobs) logprobs.push(static_cast<double>(value));
    rows.push(Json::object(
        {{"position", row.position}, {"argmax", row.greatest}, {"logprobs", std::move(logprobs)}}));
  }
  Json greedy = Json::array();
  for (const TokenId token : outcome.continuation) greedy.push(token);
  return Json::object({{"positions", std::move(rows)}, {"greedy", std::move(greedy)}});
}

void print(Output& out, const Outcome& outcome) {
  for (const Row& row : outcome.rows) out.line(line_of(row));
  if (outcome.continuation.empty()) return;
  std::string line = "G";
  for (const TokenId token : outcome.continuation) line += format(" {}", token);
  out.line(line);
}

Result<std::vector<TokenId>> read_tokens(const Arguments& arguments) {
  std::vector<TokenId> tokens;
  const std::string text = arguments.value("--tokens").value_or("");
  for (const std::size_t id : TRY(parse_numbers("--tokens", text))) {
    tokens.push_back(static_cast<TokenId>(id));
  }
  if (tokens.empty()) {
    return Error{Code::Invalid, "there are no tokens; give their ids, as in --tokens 1,2,3"};
  }
  return tokens;
}

Result<ExitCode> run(Context& context) {
  const Arguments& arguments = context.arguments;
  const std::vector<TokenId> tokens = TRY(read_tokens(arguments));
  std::vector<std::size_t> positions{tokens.size() - 1};
  if (const auto text = arguments.value("--positions")) {
    positions = TRY(parse_numbers("--positions", *text));
  }
  for (const std::size_t position : positions) {
    if (position >= tokens.size()) {
      return Error{Code::Invalid, format("--positions: {} lies behind the last token, {}", position,
                                         tokens.size() - 1)};
    }
  }
  const std::size_t greedy =
      TRY(parse_count("--greedy", arguments.value("--greedy").value_or("0"), 0, 1 << 20));

  engine::LoadOptions defaults;
  defaults.arithmetic = engine::Arithmetic::Exact;
  defaults.context = tokens.size() + greedy;
  engine::LoadOptions options = TRY(load_options(context, defaults));
  engine::ModelFile file = TRY(open_model_file(context, *arguments.value("MODEL")));
  const std::unique_ptr<LocalModel> model =
      TRY(load_local_model(context, std::move(file), options));
  const std::size_t at_a_time =
      tokens_at_a_time(arguments.value("--mode").value_or("whole"), tokens.size());
  const Outcome outcome = TRY(compute(context, *model, tokens, positions, at_a_time, greedy));
  if (arguments.has("--json")) {
    context.out.line(to_json(outcome).dump());
  } else {
    print(context.out, outcome);
  }
  return ExitCode::Success;
}

std::vector<Option> options() {
  std::vector<Option> options{
      {.name = "--tokens", .value = "IDS", .help = "the tokens, as in 1,2,3"},
      {.name = "--positions",
       .value = "LIST",
       .help = "the places in it whose log-probabilities are printed; else the last"},
      {.name = "--greedy", .value = "N", .help = "continue with the N likeliest tokens"},
      {.name = "--mode",
       .value = "MODE",
       .help = "how many tokens are computed at a time: all, one, or seven",
       .choices = {"whole", "one", "chunk7"}}};
  for (Option& option :
       load_option_list("exact (activations in single precision) or fast (in 8 bits); else exact",
                        "tokens that there is memory for; else as many as are needed")) {
    options.push_back(std::move(option));
  }
  options.push_back(json_option());
  return options;
}

}  // namespace

Command logprobs_command() {
  return {
      .name = "logprobs",
      .group = Group::Models,
      .summary = "what a model makes of given tokens, number for number",
      .description =
          "Prints a line for each place: P, the place, the likeliest next token, and the natural "
          "logarithm of each token's probability. With --greedy, a last line has G and the "
          "tokens that follow.",
      .positionals = {{.name = "MODEL", .help = "a GGUF file", .completes = Completes::Files}},
      .options = options(),
      .examples = {{"temper logprobs model.gguf --tokens 1,2,3", "after the last of three tokens"},
                   {"temper logprobs model.gguf --tokens 1,2,3 --mode one --kv f32 --greedy 8",
                    "token by token, and eight more"}},
      .exits = {{ExitCode::Failed, "the file is damaged or not a model that temper computes"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
