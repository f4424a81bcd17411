#include "cli/sampling_options.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "base/random.h"
#include "cli/local_models.h"

namespace temper::cli {
namespace {

constexpr std::size_t kMost = 1 << 24;

Result<void> read_number(const Arguments& arguments, std::string_view option, float& value) {
  const std::optional<std::string> text = arguments.value(option);
  if (!text) return {};
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc() || end != text->data() + text->size()) {
    return Error{Code::Invalid, format("{} is a number, and \"{}\" is none", option, *text)};
  }
  return {};
}

}  // namespace

std::vector<Option> sampling_option_list() {
  return {
      {.name = "--temperature", .value = "T", .help = "0: always the likeliest token; else 0.8"},
      {.name = "--top-k", .value = "K", .help = "only the K likeliest tokens; else 40, 0 for all"},
      {.name = "--top-p", .value = "P", .help = "the likeliest that reach P together; else 0.95"},
      {.name = "--min-p",
       .value = "P",
       .help = "those at least P times as likely as the likeliest; else 0.05"},
      {.name = "--repeat-penalty",
       .value = "R",
       .help = "makes the last 64 tokens less likely; else 1, which does not"},
      {.name = "--seed", .value = "N", .help = "the same text each time; else another each time"},
  };
}

Result<engine::SamplingSettings> read_sampling(const Arguments& arguments) {
  engine::SamplingSettings settings;
  TRY(read_number(arguments, "--temperature", settings.temperature));
  TRY(read_number(arguments, "--top-p", settings.top_p));
  TRY(read_number(arguments, "--min-p", settings.min_p));
  TRY(read_number(arguments, "--repeat-penalty", settings.repeat_penalty));
  if (const auto text = arguments.value("--top-k")) {
    settings.top_k = static_cast<std::uint32_t>(TRY(parse_count("--top-k", *text, 0, kMost)));
  }
  settings.seed = Random::from_system().next();
  if (const auto text = arguments.value("--seed")) {
    settings.seed = TRY(parse_count("--seed", *text, 0, ~std::size_t{0}));
  }
  return settings;
}

}  // namespace temper::cli
