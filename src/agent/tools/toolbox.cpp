#include "agent/tools/toolbox.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "agent/tools/arguments.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/text_lines.h"
#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/verify.h"

namespace temper::agent {
namespace {

constexpr std::array<std::string_view, 7> kOrder = {"read",   "edit", "write", "run",
                                                    "search", "find", "done"};

std::size_t place_of(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kOrder, name) - kOrder.begin());
}

// What tools are called elsewhere, by one of their words; the surest words first.
struct Synonym {
  std::string_view word;
  std::string_view tool;
};
constexpr std::array kSynonyms = {
    Synonym{"bash", "run"},      Synonym{"shell", "run"},       Synonym{"sh", "run"},
    Synonym{"command", "run"},   Synonym{"terminal", "run"},    Synonym{"cmd", "run"},
    Synonym{"exec", "run"},      Synonym{"python", "run"},      Synonym{"grep", "search"},
    Synonym{"rg", "search"},     Synonym{"search", "search"},   Synonym{"replace", "edit"},
    Synonym{"patch", "edit"},    Synonym{"edit", "edit"},       Synonym{"modify", "edit"},
    Synonym{"write", "write"},   Synonym{"create", "write"},    Synonym{"save", "write"},
    Synonym{"read", "read"},     Synonym{"view", "read"},       Synonym{"cat", "read"},
    Synonym{"open", "read"},     Synonym{"ls", "read"},         Synonym{"list", "read"},
    Synonym{"glob", "find"},     Synonym{"find", "find"},       Synonym{"finish", "done"},
    Synonym{"complete", "done"}, Synonym{"completion", "done"}, Synonym{"submit", "done"},
    Synonym{"exit", "done"},
};

std::optional<std::string_view> synonym_of(std::string_view name) {
  std::string words = to_lower_ascii(name);
  std::ranges::replace(words, '-', '_');
  const std::vector<std::string_view> parts = split(words, '_');
  for (const Synonym& synonym : kSynonyms) {
    if (std::ranges::find(parts, synonym.word) != parts.end()) return synonym.tool;
  }
  return std::nullopt;
}

}  // namespace

Toolbox::Toolbox(std::shared_ptr<WorkFiles> files) : files_(std::move(files)) {
  add(make_read_tool(files_));
  add(make_edit_tool(files_));
  add(make_write_tool(files_));
  add(make_search_tool(files_));
  add(make_find_tool(files_));
  add(make_done_tool());
}

void Toolbox::add(std::unique_ptr<Tool> tool) {
  const std::string name = tool->spec().name;
  VERIFY(!find(name), "each tool is there once");
  const auto behind = std::ranges::find_if(tools_, [&](const std::unique_ptr<Tool>& other) {
    const std::string other_name = other->spec().name;
    return std::pair(place_of(other_name), other_name) > std::pair(place_of(name), name);
  });
  tools_.insert(behind, std::move(tool));
}

std::vector<chat::ToolSpec> Toolbox::specs() const {
  std::vector<chat::ToolSpec> specs;
  for (const std::unique_ptr<Tool>& tool : tools_) specs.push_back(tool->spec());
  return specs;
}

std::vector<chat::ArgumentDomain> Toolbox::domains() const {
  std::vector<chat::ArgumentDomain> all;
  for (const std::unique_ptr<Tool>& tool : tools_) {
    std::vector<chat::ArgumentDomain> domains = tool->domains();
    std::ranges::move(domains, std::back_inserter(all));
  }
  return all;
}

Tool* Toolbox::find(std::string_view name) const {
  for (const std::unique_ptr<Tool>& tool : tools_) {
    if (tool->spec().name == name) return tool.get();
  }
  return nullptr;
}

ToolOutcome Toolbox::unknown_tool(std::string_view name) const {
  std::vector<std::string> names;
  for (const chat::ToolSpec& spec : specs()) names.push_back(spec.name);
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::optional<std::string_view> synonym = synonym_of(name);
  const std::string guess = synonym && find(*synonym) ? format(" Did you mean \"{}\"?", *synonym)
                                                      : did_you_mean(name, candidates);
  return error_outcome(
      {Code::NotFound, format("There is no tool \"{}\"; the tools are {}.{} Nothing was done.",
                              truncate_bytes(name, 100), join(names, ", "), guess)});
}

ToolOutcome Toolbox::call(std::string_view name, std::string_view arguments,
                          const StopToken& stop) {
  Tool* tool = find(trim(name));
  if (!tool) return unknown_tool(name);
  const Result<Json> fitting = fit_arguments(tool->spec(), arguments);
  if (!fitting) return error_outcome(fitting.error());
  if (stop.stop_requested()) return error_outcome(stopped_error(name));

  ToolOutcome outcome = tool->call(*fitting, stop);
  files_->tree_may_have_changed();
  if (!outcome.whole.empty()) {
    const std::size_t lines = count_lines(outcome.whole);
    const std::string stored = files_->results().keep(outcome.whole);
    outcome.text = format("[shortened; read {} has all {} lines]\n{}", stored, lines, outcome.text);
  }
  outcome.text = make_valid_utf8(outcome.text);
  return outcome;
}

}  // namespace temper::agent
