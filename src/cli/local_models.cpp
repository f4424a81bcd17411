#include "cli/local_models.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/cpu.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/progress.h"

namespace temper::cli {
namespace {

constexpr std::size_t kMostThreads = 1024;
constexpr std::size_t kMostContext = std::size_t{1} << 26;

// A directory is what people name who have other formats: say what is in it.
Error directory_error(const std::string& path, const std::string& name) {
  std::vector<std::string> files;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(path, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().extension() == ".gguf") files.push_back(entry->path().filename());
  }
  if (failed) return system_error(format("cannot read the directory {}", name), failed.value());
  std::sort(files.begin(), files.end());
  if (files.size() > 3) files.resize(3);
  return Error{
      Code::Unsupported,
      files.empty()
          ? format("{} is a directory without a .gguf file; a model in another format must "
                   "be converted to GGUF first",
                   name)
          : format("{} is a directory; name a file in it, such as {}", name, join(files, ", "))};
}

}  // namespace

std::vector<Option> load_option_list(std::string_view arithmetic, std::string_view context) {
  return {
      {.name = "--threads", .value = "N", .help = "threads that compute; else one for each core"},
      {.name = "--kv",
       .value = "TYPE",
       .help = "how keys and values are kept; else f16",
       .choices = {"f32", "f16", "q8_0", "q4_0"}},
      {.name = "--context", .value = "TOKENS", .help = context},
      {.name = "--arithmetic", .value = "KIND", .help = arithmetic, .choices = {"exact", "fast"}},
  };
}

Result<std::size_t> parse_count(std::string_view option, std::string_view text, std::size_t least,
                                std::size_t most) {
  std::size_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return Error{Code::Invalid, format("{} is a whole number from {} to {}, and \"{}\" is none",
                                       option, least, most, text)};
  }
  return value;
}

Result<std::vector<std::size_t>> parse_numbers(std::string_view option, std::string_view text) {
  std::vector<std::size_t> numbers;
  if (text.empty()) return numbers;
  for (const std::string_view part : split(text, ',')) {
    numbers.push_back(TRY(parse_count(option, trim(part), 0, kMostContext)));
  }
  return numbers;
}

Result<engine::LoadOptions> load_options(const Context& context, engine::LoadOptions defaults) {
  engine::LoadOptions options = defaults;
  const CpuInfo cpu = detect_cpu();
  options.kernels =
      TRY(engine::choose_kernels(cpu.features, context.environment.get("TEMPER_CPU").value_or("")));
  options.threads = std::max<std::size_t>(1, cpu.cores.physical);
  if (const auto text = context.arguments.value("--threads")) {
    options.threads = TRY(parse_count("--threads", *text, 1, kMostThreads));
  }
  if (const auto text = context.arguments.value("--kv")) options.kv = *engine::find_kv_type(*text);
  if (const auto text = context.arguments.value("--context")) {
    options.context = TRY(parse_count("--context", *text, 1, kMostContext));
  }
  if (const auto text = context.arguments.value("--arithmetic")) {
    options.arithmetic = *text == "exact" ? engine::Arithmetic::Exact : engine::Arithmetic::Fast;
  }
  return options;
}

std::string resolved_path(const Context& context, const std::string& name) {
  return std::filesystem::path(context.directory) / name;
}

Result<engine::ModelFile> open_model_file(const Context& context, const std::string& name) {
  if (name == "-") {
    return Error{Code::Invalid,
                 "a model is not read from standard input; name a file, or ./- for one called -"};
  }
  const std::string path = resolved_path(context, name);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return directory_error(path, name);
  context.log.info("reading {}", name);
  return engine::ModelFile::open(path, name);
}

Result<void> check_memory(const std::string& name, const engine::MemoryNeed& need,
                          std::uint64_t usable) {
  if (need.total() <= usable) return {};
  const std::uint64_t weights = need.packed + need.mapped;
  return Error{
      Code::Limit,
      format("{} needs {} of memory ({} of weights, {} for context, {} to compute with), and {} "
             "are free; "
             "{}",
             name, format_bytes(need.total()), format_bytes(weights), format_bytes(need.context),
             format_bytes(need.total() - weights - need.context), format_bytes(usable),
             need.total() - need.context > usable
                 ? "take a smaller model or one with fewer bits for each weight"
                 : "lower --context, or keep keys and values in fewer bits with --kv q8_0")};
}

Result<std::unique_ptr<engine::LocalModel>> load_local_model(const Context& context,
                                                             engine::ModelFile file,
                                                             const engine::LoadOptions& options) {
  const std::string name = file.name();
  context.log.info("loading {}", name);
  const engine::MemoryNeed need = TRY(engine::measure_memory(file, options));
  if (const std::optional<MemoryState> memory = read_memory_state()) {
    TRY(check_memory(name, need, memory->usable()));
  }
  ProgressLine progress(context.err, context.err_is_terminal, context.clock, "loading");
  return engine::LocalModel::load(
      std::move(file), options,
      [&](std::uint64_t done, std::uint64_t all) { progress.update(done, all); }, context.stop);
}

}  // namespace temper::cli
