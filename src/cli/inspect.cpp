// `temper inspect FILE`: what is in a model file, without loading it.
//
// Everything that the file says is foreign text: people see it through shown(),
// and JSON escapes it by itself.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/memory.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/local_models.h"
#include "cli/registry.h"
#include "engine/gguf/open.h"
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

// A model, or one part of one whose other parts are not there.
struct Inspected {
  std::optional<engine::ModelFile> model;
  std::optional<engine::OpenGguf> part;
  std::vector<const engine::Tensor*> tensors;
  GgufSummary summary;

  const GgufFile& file() const { return model ? model->first() : part->file; }
};

Result<Inspected> open(const Context& context, const std::string& name) {
  Inspected inspected;
  Result<engine::ModelFile> model = open_model_file(context, name);
  if (model) {
    inspected.model = std::move(model).take();
    inspected.tensors.assign(inspected.model->tensors().begin(), inspected.model->tensors().end());
    inspected.summary = engine::summarise(*inspected.model);
    return inspected;
  }
  Result<engine::OpenGguf> part = engine::open_gguf(resolved_path(context, name), name);
  if (!part) return model.error();
  inspected.summary = engine::summarise(part->file);
  if (!inspected.summary.split) return model.error();
  inspected.part = std::move(part).take();
  for (const engine::Tensor& tensor : inspected.part->file.tensors()) {
    inspected.tensors.push_back(&tensor);
  }
  return inspected;
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
  if (summary.parts) add("parts", format("{}, shown together", *summary.parts));
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

void print_tensors(Output& out, const Inspected& inspected) {
  Table table{.align = {Align::Left, Align::Left, Align::Right, Align::Right}, .indent = 2};
  for (const engine::Tensor* tensor : inspected.tensors) {
    std::vector<std::string> shape;
    shape.reserve(tensor->dimension_count);
    for (std::uint64_t dimension : tensor->shape()) shape.push_back(format("{}", dimension));
    table.rows.push_back({shown(tensor->name),
                          std::string(engine::tensor_type_info(tensor->type).name),
                          join(shape, " x "), format_bytes(tensor->data.size())});
  }
  print_table(out, table);
}

void print_metadata(Output& out, const GgufFile& file) {
  for (const engine::MetadataEntry& entry : file.metadata()) {
    const std::string value = engine::describe(entry.value, kMaxItems);
    out.line(format("  {} = {}", out.styled(Style::Dim, shown(entry.key)), shown(value)));
  }
}

// ---------------------------------------------------------------------- memory

// What a model takes for a context of so many tokens.
struct MemoryRow {
  std::size_t context = 0;
  engine::MemoryNeed need;
};

// For the context that was asked for or for some that are usual, up to the model's own.
Result<std::vector<MemoryRow>> measure(const Context& context, const engine::ModelFile& model) {
  engine::LoadOptions options = TRY(load_options(context, {}));
  std::vector<std::size_t> contexts{options.context};
  if (!context.arguments.has("--context")) {
    const engine::ModelShape shape = TRY(engine::read_shape(model, options));
    contexts = {4096, 32768};
    std::erase_if(contexts, [&](std::size_t usual) { return usual >= shape.context; });
    contexts.push_back(shape.context);
  }
  std::vector<MemoryRow> rows;
  for (const std::size_t tokens : contexts) {
    options.context = tokens;
    rows.push_back({tokens, TRY(engine::measure_memory(model, options))});
  }
  return rows;
}

void print_memory(Output& out, const std::vector<MemoryRow>& rows) {
  Table table{.align = std::vector<Align>(6, Align::Right), .indent = 2};
  std::vector<Cell> heading;
  for (const char* title :
       {"context", "memory", "weights", "keys, values, states", "to compute with", "vocabulary"}) {
    heading.emplace_back(title, Style::Dim);
  }
  table.rows.push_back(heading);
  for (const MemoryRow& row : rows) {
    table.rows.push_back({format("{}", row.context), format_bytes(row.need.total()),
                          format_bytes(row.need.packed + row.need.mapped),
                          format_bytes(row.need.context), format_bytes(row.need.scratch),
                          format_bytes(row.need.vocabulary)});
  }
  print_table(out, table);
  if (const std::optional<MemoryState> memory = read_memory_state()) {
    out.line(out.styled(Style::Dim, format("  free here: {}", format_bytes(memory->usable()))));
  }
}

Json to_json(const std::vector<MemoryRow>& rows) {
  Json list = Json::array();
  for (const MemoryRow& row : rows) {
    list.push(Json::object({{"context", row.context},
                            {"total_bytes", row.need.total()},
                            {"weights_bytes", row.need.packed + row.need.mapped},
                            {"cache_bytes", row.need.context},
                            {"scratch_bytes", row.need.scratch},
                            {"vocabulary_bytes", row.need.vocabulary},
                            {"program_bytes", row.need.program}}));
  }
  return list;
}

Json to_json(const Context& context, const std::string& name, const Inspected& inspected,
             const Result<std::vector<MemoryRow>>& memory) {
  Json json = engine::to_json(inspected.summary);
  json.set("file", name);
  json.set("memory", memory ? to_json(*memory) : Json());
  if (!memory) json.set("memory_error", memory.error().message);
  if (context.arguments.has("--tensors")) {
    json.set("tensor_list", engine::tensors_to_json(inspected.tensors));
  }
  if (context.arguments.has("--metadata")) {
    json.set("metadata", engine::metadata_to_json(inspected.file(), kMaxItems));
  }
  return json;
}

Result<ExitCode> run(Context& context) {
  const std::string name = *context.arguments.value("FILE");
  const Inspected inspected = TRY(open(context, name));
  context.log.debug("{} has {} keys and {} tensors", name, inspected.file().metadata().size(),
                    inspected.tensors.size());
  TRY(load_options(context, {}));  // a wrong option is wrong whatever the file is
  const Result<std::vector<MemoryRow>> memory =
      inspected.model ? measure(context, *inspected.model)
                      : Result<std::vector<MemoryRow>>(
                            Error{Code::NotFound, "the other parts of the model are not there"});
  Output& out = context.out;
  if (context.arguments.has("--json")) {
    out.line(to_json(context, name, inspected, memory).dump_pretty());
    return ExitCode::Success;
  }
  out.line(out.styled(Style::Bold, shown(name)));
  print_facts(out, inspected.summary);
  if (!inspected.summary.types.empty()) {
    out.line();
    print_types(out, inspected.summary);
  }
  out.line();
  if (memory) {
    print_memory(out, *memory);
  } else {
    print_paragraphs(out, format("memory is not known: {}", shown(memory.error().message)), 2);
  }
  if (context.arguments.has("--tensors")) {
    out.line();
    print_tensors(out, inspected);
  }
  if (context.arguments.has("--metadata")) {
    out.line();
    print_metadata(out, inspected.file());
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
          "it is whole. Of a model that temper can compute, the memory is said that it takes: "
          "weights in the form in which they are computed with, keys and values, and the rest.",
      .positionals = {{.name = "FILE", .help = "a GGUF file", .completes = Completes::Files}},
      .options = {{.name = "--tensors", .help = "list every tensor: type, shape and size"},
                  {.name = "--metadata",
                   .help = "list every key and its value, long ones cut short"},
                  {.name = "--context",
                   .value = "TOKENS",
                   .help = "the memory for so many tokens; else for some usual numbers"},
                  {.name = "--kv",
                   .value = "TYPE",
                   .help = "how keys and values would be kept; else f16",
                   .choices = {"f32", "f16", "q8_0", "q4_0"}},
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
