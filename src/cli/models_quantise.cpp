// `temper models quantise FILE OUT`: a model with fewer bits for each weight.
#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/cpu.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/text.h"
#include "cli/progress.h"
#include "cli/registry.h"
#include "cli/words.h"
#include "engine/quant/quant.h"
#include "engine/quant/quantise.h"

namespace temper::cli {
namespace {

using engine::Fate;
using engine::ModelFile;
using engine::PlannedTensor;
using engine::QuantisedType;
using engine::TensorType;

std::string_view name_of(TensorType type) { return engine::tensor_type_info(type).name; }

std::vector<std::string_view> encodable_names() {
  std::vector<std::string_view> names;
  for (const engine::TensorTypeInfo& info : engine::tensor_types()) {
    if (engine::can_encode(info.type)) names.push_back(info.name);
  }
  return names;
}

Result<TensorType> type_called(std::string_view name) {
  for (const engine::TensorTypeInfo& info : engine::tensor_types()) {
    if (info.name == name && engine::can_encode(info.type)) return info.type;
  }
  return Error{Code::Invalid, format("tensors cannot be made \"{}\"; choose {}", name,
                                     list_in_words(encodable_names(), "or"))};
}

// "NAME=TYPE"; a name has no "=" that is not its own.
Result<engine::TypeForNames> read_tensor_rule(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == text.npos || equals == 0) {
    return Error{
        Code::Invalid,
        format("--tensor takes NAME=TYPE, such as '*.attn_v.weight=Q6_K', not \"{}\"", text)};
  }
  return engine::TypeForNames{text.substr(0, equals), TRY(type_called(text.substr(equals + 1)))};
}

Result<engine::QuantiseRules> read_rules(const Arguments& arguments) {
  engine::QuantiseRules rules;
  if (const auto type = arguments.value("--type")) rules.type = TRY(type_called(*type));
  rules.output_type = engine::usual_output_type(rules.type);
  if (const auto type = arguments.value("--output-type")) {
    rules.output_type = TRY(type_called(*type));
  }
  for (const std::string& rule : arguments.values("--tensor")) {
    rules.for_names.push_back(TRY(read_tensor_rule(rule)));
  }
  return rules;
}

// What is read must not be what is written: there is no way back from fewer bits.
Result<void> check_not_same(const ModelFile& model, const std::string& path,
                            const std::string& name) {
  for (const engine::OpenGguf& part : model.parts()) {
    std::error_code ignored;
    if (std::filesystem::equivalent(part.mapping.path(), path, ignored)) {
      return Error{Code::Conflict,
                   format("{} is the model that is read; write to another file", name)};
    }
  }
  return {};
}

Result<void> check_space(const std::string& path, const std::string& name, std::uint64_t bytes) {
  const std::string folder = std::filesystem::path(path).parent_path();
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(folder, failed);
  if (failed || space.available >= bytes) return {};  // the writing will tell
  return Error{Code::Limit, format("{} needs {}, but only {} are free in its folder", name,
                                   format_bytes(bytes), format_bytes(space.available))};
}

// "a, b, c and 4 more"
std::string some_names(const std::vector<const PlannedTensor*>& tensors) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(kShown, tensors.size()); ++i) {
    names.push_back(printable(tensors[i]->tensor->name, LineBreaks::Escape));
  }
  const std::string text = join(names, ", ");
  return tensors.size() <= kShown ? text : format("{} and {} more", text, tensors.size() - kShown);
}

std::string tensors_are(std::size_t count, std::string_view one, std::string_view many) {
  return count == 1 ? format("1 tensor {}", one) : format("{} tensors {}", count, many);
}

void warn(Context& context, const std::vector<PlannedTensor>& plan) {
  std::vector<const PlannedTensor*> odd;
  std::vector<const PlannedTensor*> again;
  for (const PlannedTensor& planned : plan) {
    const TensorType before = planned.tensor->type;
    const bool was_exact =
        before == TensorType::F32 || before == TensorType::F16 || before == TensorType::BF16;
    if (planned.fate == Fate::OddRows) odd.push_back(&planned);
    if (planned.fate == Fate::Changed && !was_exact) again.push_back(&planned);
  }
  if (!odd.empty()) {
    context.log.warn(
        "{} as before, because their rows are no whole number of blocks: {}; --tensor can give "
        "them a type with smaller blocks, such as Q8_0",
        tensors_are(odd.size(), "stays", "stay"), some_names(odd));
  }
  if (!again.empty()) {
    context.log.warn("{} quantised already, and what that lost stays lost: {}",
                     tensors_are(again.size(), "was", "were"), some_names(again));
  }
}

std::string percent(double share) { return format("{:.2f} %", 100 * share); }

void print_types(Output& out, const std::vector<QuantisedType>& types) {
  Table table{.align = {Align::Left, Align::Right, Align::Right, Align::Right, Align::Right},
              .indent = 2};
  std::vector<Cell> heading;
  for (const char* title : {"type", "tensors", "parameters", "size", "error"}) {
    heading.emplace_back(title, Style::Dim);
  }
  table.rows.push_back(heading);
  for (const QuantisedType& type : types) {
    table.rows.push_back({std::string(name_of(type.type)), format("{}", type.tensors),
                          format_count(type.parameters), format_bytes(type.bytes),
                          percent(type.error)});
  }
  print_table(out, table);
}

std::string_view fate_name(Fate fate) {
  switch (fate) {
    case Fate::Changed: return "changed";
    case Fate::HasType: return "same";
    case Fate::Sensitive: return "sensitive";
    case Fate::OddRows: return "odd_rows";
  }
  return "";
}

// Adds what was made to `json`.
void describe(Json& json, const std::vector<PlannedTensor>& plan,
              const std::vector<QuantisedType>& types) {
  Json type_list = Json::array();
  for (const QuantisedType& type : types) {
    type_list.push(Json::object({{"type", name_of(type.type)},
                                 {"tensors", type.tensors},
                                 {"parameters", type.parameters},
                                 {"bytes", type.bytes},
                                 {"relative_error", type.error}}));
  }
  Json tensor_list = Json::array();
  for (const PlannedTensor& planned : plan) {
    tensor_list.push(Json::object({{"name", planned.tensor->name},
                                   {"from", name_of(planned.tensor->type)},
                                   {"to", name_of(planned.type)},
                                   {"fate", fate_name(planned.fate)}}));
  }
  json.set("types", std::move(type_list)).set("tensors", std::move(tensor_list));
}

Result<ExitCode> run(Context& context) {
  const std::string source_name = *context.arguments.value("FILE");
  const std::string name = *context.arguments.value("OUT");
  const std::string path = std::filesystem::path(context.directory) / name;
  const engine::QuantiseRules rules = TRY(read_rules(context.arguments));
  const bool replace = context.arguments.has("--force");

  const ModelFile model =
      TRY(ModelFile::open(std::filesystem::path(context.directory) / source_name, source_name));
  TRY(check_not_same(model, path, name));
  std::error_code ignored;
  if (!replace && std::filesystem::exists(path, ignored)) {
    return Error{Code::Conflict, format("{} exists already; add --force to replace it", name)};
  }
  const std::vector<PlannedTensor> plan = TRY(engine::plan_quantisation(model.tensors(), rules));
  const engine::GgufTables tables = engine::quantised_tables(model, plan, rules.type);
  TRY(check_space(path, name, tables.file_bytes()));
  warn(context, plan);

  std::uint64_t source_bytes = 0;
  for (const PlannedTensor& planned : plan) source_bytes += planned.tensor->data.size();
  ThreadPool threads(detect_cpu().cores.logical);
  std::optional<std::vector<QuantisedType>> types;
  {
    ProgressLine progress(context.err, context.err_is_terminal, context.clock, "quantising");
    types = TRY(engine::quantise(
        model, plan, tables, path, replace ? Existing::Replace : Existing::Refuse, threads,
        context.stop, [&](std::uint64_t done) { progress.update(done, source_bytes); }));
  }

  if (context.arguments.has("--json")) {
    Json json = Json::object({{"file", name},
                              {"bytes", tables.file_bytes()},
                              {"source", source_name},
                              {"source_bytes", model.byte_count()}});
    describe(json, plan, *types);
    context.out.line(json.dump_pretty());
    return ExitCode::Success;
  }
  context.out.line(format("{}, {} of what were {}",
                          context.out.styled(Style::Bold, printable(name, LineBreaks::Escape)),
                          format_bytes(tables.file_bytes()), format_bytes(model.byte_count())));
  print_types(context.out, *types);
  return ExitCode::Success;
}

}  // namespace

Command models_quantise_command() {
  return {
      .name = "models quantise",
      .group = Group::Models,
      .summary = "make a model smaller, with fewer bits for each weight",
      .description =
          "Writes a model anew with its matrices in another type. Norms, biases, routers "
          "and other small tensors stay as they are, and so do matrices whose rows are no "
          "whole number of blocks. The matrix that makes the logits gets Q6_K where the "
          "others get less.\n\n"
          "Start from the model as it was trained (BF16 or F16): what an earlier "
          "quantisation has lost does not come back. The error that is printed is the root "
          "of the mean squared difference, as a share of the weights' own root mean "
          "square.\n\n"
          "The new file is one, also where the model was in parts, and it appears when it "
          "is complete.",
      .positionals = {{.name = "FILE",
                       .help = "a GGUF file, or one part of a split model",
                       .completes = Completes::Files},
                      {.name = "OUT", .help = "the file to write", .completes = Completes::Files}},
      .options = {{.name = "--type",
                   .value = "TYPE",
                   .help = "of the weights; Q4_K where it is not given",
                   .choices = encodable_names()},
                  {.name = "--output-type",
                   .value = "TYPE",
                   .help = "of the matrix that makes the logits",
                   .choices = encodable_names()},
                  {.name = "--tensor",
                   .value = "NAME=TYPE",
                   .help = "of matrices of that name, where * stands for any text; the last "
                           "that fits counts",
                   .repeatable = true},
                  {.name = "--force", .letter = 'f', .help = "replace OUT where it exists"},
                  json_option()},
      .examples = {{"temper models quantise model-bf16.gguf model-q4.gguf",
                    "Q4_K, and Q6_K for the logits"},
                   {"temper models quantise big.gguf small.gguf --tensor '*.attn_v.weight=Q6_K'",
                    "more bits for some tensors"}},
      .exits = {{ExitCode::Failed, "the model is damaged, or the new file cannot be written"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
