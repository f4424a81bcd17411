// `temper inspect FILE`: what is in a model file, without loading it.
//
// Everything that the file says is foreign text: people see it through shown(),
// and JSON escapes it by itself.
#include <algorithm>
#include <string>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/local_models.h"
#include "cli/registry.h"
#include "engine/gguf/summary.h"

namespace temper::cli {
namespace {

using engine::GgufFile;
using engine::GgufSummary;

constexpr std::uint64_t kMaxItems = 8;      // of an array in the metadata
constexpr std::size_t kMaxTextBytes = 300;  // of a name or a value

// Text from the file on one line, cut where it is long.
std::string shown(std::string_view text) {
  const std::string_view kept = truncate_bytes(text, kMaxTextBytes);
  const std::string line = printable(kept, LineBreaks::Escape);
  return kept.size() == text.size() ? line : format("{}... ({})", line, format_bytes(text.size()));
}

std::string plural(std::uint64_t count, std::string_view noun) {
  return format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return format("{:.1f} %",
                whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string bits_per_weight(std::uint64_t bytes, std::uint64_t parameters) {
  return format("{:.2f}", parameters == 0
                              ? 0
                              : 8.0 * static_cast<double>(bytes) / static_cast<double>(parameters));
}

// "8", or "8 or 16" where layers differ.
std::string alternatives(const std::vector<std::uint64_t>& numbers) {
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (std::uint64_t number : numbers) texts.push_back(format("{}", number));
  return join(texts, " or ");
}

void print_facts(Output& out, const GgufSummary& summary) {
  Table table{.indent = 2};
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) table.rows.push_back({Cell(label, Style::Dim), value});
  };
  add("name", shown(summary.name));
  add("architecture", summary.architecture.empty() ? "not given" : shown(summary.architecture));
  if (summary.split) {
    add("part", format("{} of {}; the others hold the rest of the tensors", summary.split->number,
                       summary.split->count));
  }
  if (summary.parameters > 0) add("parameters", format_count(summary.parameters));
  add("file size", format_bytes(summary.file_bytes));
  if (summary.context_length) add("context", plural(*summary.context_length, "token"));
  if (summary.layers) {
    std::string layers = format("{}", *summary.layers);
    if (summary.embedding_length) layers += format(" of width {}", *summary.embedding_length);
    if (summary.draft_layers) {
      layers += format(", and {} that draft{}", *summary.draft_layers,
                       *summary.draft_layers == 1 ? "s" : "");
    }
    add("layers", layers);
  }
  if (!summary.heads.empty()) {
    std::string heads = alternatives(summary.heads);
    if (!summary.head_sizes.empty()) heads += " of size " + alternatives(summary.head_sizes);
    if (!summary.kv_heads.empty()) {
      heads += format(", with {} for keys and values", alternatives(summary.kv_heads));
    }
    add("heads", heads);
  }
  if (summary.sliding_window) add("window", plural(*summary.sliding_window, "token"));
  if (summary.experts) {
    add("experts", summary.experts_used.empty()
                       ? format("{}", *summary.experts)
                       : format("{}, of which {} for each token", *summary.experts,
                                alternatives(summary.experts_used)));
  }
  if (summary.vocabulary_size) {
    add("vocabulary", plural(*summary.vocabulary_size, "token"));
    add("tokenizer",
        summary.pre_tokenizer.empty()
            ? shown(summary.tokenizer)
            : format("{}, split as {}", shown(summary.tokenizer), shown(summary.pre_tokenizer)));
  }
  add("chat template",
      summary.chat_template_bytes ? format_bytes(*summary.chat_template_bytes) : "none");
  print_table(out, table);
}

void print_types(Output& out, const GgufSummary& summary) {
  Table table{
      .align = {Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right},
      .indent = 2};
  std::vector<Cell> heading;
  for (const char* title : {"type", "tensors", "parameters", "size", "share", "bits per weight"}) {
    heading.emplace_back(title, Style::Dim);
  }
  table.rows.push_back(heading);
  const auto add = [&](std::string name, std::uint64_t tensors, std::uint64_t parameters,
                       std::uint64_t bytes) {
    table.rows.push_back({std::move(name), format("{}", tensors), format_count(parameters),
                          format_bytes(bytes), percent(bytes, summary.tensor_bytes),
                          bits_per_weight(bytes, parameters)});
  };
  for (const engine::TypeShare& share : summary.types) {
    add(std::string(engine::tensor_type_info(share.type).name), share.tensors, share.parameters,
        share.bytes);
  }
  if (summary.types.size() > 1) {
    add("all", summary.tensors, summary.parameters, summary.tensor_bytes);
  }
  print_table(out, table);
}

void print_tensors(Output& out, const GgufFile& file) {
  Table table{.align = {Align::Left, Align::Left, Align::Right, Align::Right}, .indent = 2};
  for (const engine::Tensor& tensor : file.tensors()) {
    std::vector<std::string> shape;
    shape.reserve(tensor.dimension_count);
    for (std::uint64_t dimension : tensor.shape()) shape.push_back(format("{}", dimension));
    table.rows.push_back({shown(tensor.name),
                          std::string(engine::tensor_type_info(tensor.type).name),
                          join(shape, " x "), format_bytes(tensor.data.size())});
  }
  print_table(out, table);
}

void print_metadata(Output& out, const GgufFile& file) {
  for (const engine::MetadataEntry& entry : file.metadata()) {
    const std::string value = engine::describe(entry.value, kMaxItems);
    out.line(format("  {} = {}", out.styled(Style::Dim, shown(entry.key)), shown(value)));
  }
}

Json to_json(const GgufFile& file, const GgufSummary& summary, const Arguments& arguments) {
  Json json = engine::to_json(summary);
  json.set("file", file.name());
  if (arguments.has("--tensors")) json.set("tensor_list", engine::tensors_to_json(file));
  if (arguments.has("--metadata")) {
    json.set("metadata", engine::metadata_to_json(file, kMaxItems));
  }
  return json;
}

Result<ExitCode> run(Context& context) {
  const std::string name = *context.arguments.value("FILE");
  const engine::ModelFile model = TRY(open_model_file(context, name));
  const GgufFile& file = model.first();
  context.log.debug("{} has {} keys and {} tensors in {}", name, file.metadata().size(),
                    file.tensors().size(), format_bytes(model.byte_count()));
  const GgufSummary summary = engine::summarise(file);
  if (context.arguments.has("--json")) {
    context.out.line(to_json(file, summary, context.arguments).dump_pretty());
    return ExitCode::Success;
  }
  context.out.line(context.out.styled(Style::Bold, shown(name)));
  print_facts(context.out, summary);
  if (!summary.types.empty()) {
    context.out.line();
    print_types(context.out, summary);
  }
  if (context.arguments.has("--tensors")) {
    context.out.line();
    print_tensors(context.out, file);
  }
  if (context.arguments.has("--metadata")) {
    context.out.line();
    print_metadata(context.out, file);
  }
  return ExitCode::Success;
}

}  // namespace

Command inspect_command() {
  return {
      .name = "inspect",
      .group = Group::Models,
      .summary = "what is in a model file",
      .description =
          "Reads the header of a GGUF file, not its weights, so it takes no longer for a "
          "large one. The file is checked as it is read: sizes, types, places, and that "
          "it is whole.",
      .positionals = {{.name = "FILE", .help = "a GGUF file", .completes = Completes::Files}},
      .options = {{.name = "--tensors", .help = "list every tensor: type, shape and size"},
                  {.name = "--metadata",
                   .help = "list every key and its value, long ones cut short"},
                  json_option()},
      .examples = {{"temper inspect model.gguf",
                    "architecture, sizes, tokenizer, types of tensors"},
                   {"temper inspect model.gguf --tensors --json", "all tensors, for a program"}},
      .exits = {{ExitCode::Failed, "the file is missing, damaged or not a GGUF file"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
