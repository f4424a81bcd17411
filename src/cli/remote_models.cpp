#include "cli/remote_models.h"

#include <charconv>
#include <optional>
#include <string>

#include "base/format.h"
#include "cli/local_models.h"

namespace temper::cli {
namespace {

constexpr std::size_t kMost = 1 << 24;

Result<std::optional<double>> number(const Arguments& arguments, std::string_view option) {
  const std::optional<std::string> text = arguments.value(option);
  if (!text) return std::optional<double>();
  double value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc() || end != text->data() + text->size()) {
    return Error{Code::Invalid, format("{} is a number, and \"{}\" is none", option, *text)};
  }
  return std::optional<double>(value);
}

Result<net::Url> base_url(const Arguments& arguments) {
  return net::parse_url(arguments.value("--base-url").value_or(""));
}

}  // namespace

std::vector<Option> remote_option_list() {
  return {
      {.name = "--base-url",
       .value = "URL",
       .help = "ask the server there: http://localhost:8080/v1"},
      {.name = "--provider",
       .value = "API",
       .help = "what that server speaks: openai (chat completions) or anthropic; else openai",
       .choices = {"openai", "anthropic"}},
      {.name = "--api-key-env",
       .value = "NAME",
       .help = "the environment variable that has the key of that server"},
      {.name = "--api-key-file",
       .value = "FILE",
       .help = "the file that has it, readable for nobody else",
       .completes = Completes::Files},
      {.name = "--network",
       .value = "REACH",
       .help = "how far the conversation may go: machine, private (a network of yours) or "
               "remote; else machine",
       .choices = {"machine", "private", "remote"}},
  };
}

Result<net::Egress> egress_of(const Arguments& arguments) {
  if (!arguments.has("--base-url")) return net::Egress();
  const net::Url url = TRY(base_url(arguments));
  const std::string reach = arguments.value("--network").value_or("machine");
  net::EgressPolicy policy;
  if (reach == "private") policy.local.push_back(url);
  if (reach == "remote") policy.allowed.push_back(url);
  net::Egress egress(std::move(policy));
  if (const Result<void> may = egress.check(url); !may) {
    if (arguments.has("--network")) return may.error();
    return Error{may.error().code, may.error().message +
                                       ": --network private, for a network of yours, or --network "
                                       "remote gives it"};
  }
  return egress;
}

Result<providers::RemoteSource> remote_source(const Context& context, const std::string& model) {
  const Arguments& arguments = context.arguments;
  providers::RemoteSource source;
  source.base_url = TRY(base_url(arguments)).text();
  if (arguments.value("--provider") == "anthropic") source.api = providers::Api::Anthropic;
  if (model != "-") source.model = model;
  source.key.environment_variable = arguments.value("--api-key-env").value_or("");
  if (const auto file = arguments.value("--api-key-file")) {
    source.key.file = resolved_path(context, *file);
  }
  if (const auto tokens = arguments.value("--context")) {
    source.context_tokens = TRY(parse_count("--context", *tokens, 1, kMost));
  }
  return source;
}

Result<chat::Sampling> given_sampling(const Arguments& arguments) {
  chat::Sampling sampling;
  sampling.temperature = TRY(number(arguments, "--temperature"));
  sampling.top_p = TRY(number(arguments, "--top-p"));
  sampling.min_p = TRY(number(arguments, "--min-p"));
  if (const auto text = arguments.value("--top-k")) {
    sampling.top_k = static_cast<std::uint32_t>(TRY(parse_count("--top-k", *text, 0, kMost)));
  }
  if (const auto text = arguments.value("--seed")) {
    sampling.seed = TRY(parse_count("--seed", *text, 0, ~std::size_t{0}));
  }
  return sampling;
}

}  // namespace temper::cli
