#include "agent/check/project_files.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/ascii.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"

namespace temper::agent {
namespace {

// The text of a member, "" where there is none.
std::string text_of(const Json& object, std::string_view key) {
  const Json* const member = object.find(key);
  return member != nullptr && member->string() != nullptr ? *member->string() : "";
}

// A name that a shell takes as it is.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char byte) {
           return is_alnum(byte) || byte == '-' || byte == '_' || byte == '.' || byte == ':';
         });
}

// What `npm init` writes, and what does nothing.
bool is_placeholder(std::string_view script) {
  return script.find("no test specified") != script.npos || script == "true" ||
         script == "exit 0" || trim(script).empty();
}

struct Script {
  std::string name;
  std::string text;
};

std::vector<Script> checking_scripts(const Json& package) {
  std::vector<Script> found;
  const Json* const scripts = package.find("scripts");
  if (scripts == nullptr) return found;
  for (const char* name : {"check", "test", "verify", "tests"}) {
    const Json* const script = scripts->find(name);
    if (script == nullptr) continue;
    const std::string text = script->string() != nullptr ? *script->string() : "a list";
    if (!is_placeholder(text)) found.push_back({name, text});
  }
  // "check" may look at types alone.
  std::stable_partition(found.begin(), found.end(), [](const Script& script) {
    return script.name.starts_with("test") || script.text.find("test") != std::string::npos;
  });
  return found;
}

struct Preset {
  std::string name = {};
  std::string configure = {};              // the configure preset that it says itself
  std::vector<std::string> inherits = {};  // of its own kind
  bool hidden = false;
};

std::vector<Preset> read_presets(const Json& file, std::string_view kind) {
  std::vector<Preset> presets;
  const Json* const list = file.find(kind);
  if (list == nullptr || list->items() == nullptr) return presets;
  for (const Json& item : *list->items()) {
    Preset preset{.name = text_of(item, "name"), .configure = text_of(item, "configurePreset")};
    const Json* const hidden = item.find("hidden");
    preset.hidden = hidden != nullptr && hidden->boolean() != nullptr && *hidden->boolean();
    const Json* const inherits = item.find("inherits");
    if (inherits != nullptr && inherits->string() != nullptr) {
      preset.inherits.push_back(*inherits->string());
    } else if (inherits != nullptr && inherits->items() != nullptr) {
      for (const Json& parent : *inherits->items()) {
        if (parent.string() != nullptr) preset.inherits.push_back(*parent.string());
      }
    }
    presets.push_back(std::move(preset));
  }
  return presets;
}

// The configure preset of a preset, perhaps by inheritance; "" where it cannot be known.
std::string configure_preset(const std::vector<Preset>& presets, const Preset& preset,
                             int depth = 0) {
  if (!preset.configure.empty() || depth > 10) return preset.configure;
  for (const std::string& name : preset.inherits) {
    const auto parent = std::find_if(presets.begin(), presets.end(),
                                     [&](const Preset& other) { return other.name == name; });
    if (parent == presets.end()) continue;
    std::string found = configure_preset(presets, *parent, depth + 1);
    if (!found.empty()) return found;
  }
  return "";
}

bool tests_something(const Json& workflow) {
  const Json* const steps = workflow.find("steps");
  if (steps == nullptr || steps->items() == nullptr) return false;
  return std::any_of(steps->items()->begin(), steps->items()->end(),
                     [](const Json& step) { return text_of(step, "type") == "test"; });
}

}  // namespace

std::vector<std::string> package_json_checks(std::string_view text, std::string_view runner) {
  const Result<Json> package = parse_json(text);
  if (!package) return {};
  const std::string manager = text_of(*package, "packageManager");  // "pnpm@8.6.0"
  for (const std::string_view known : {"npm", "pnpm", "yarn", "bun"}) {
    if (manager.substr(0, manager.find('@')) == known) runner = known;
  }
  std::vector<std::string> commands;
  for (const Script& script : checking_scripts(*package)) {
    // `bun test` and `yarn check` are something else.
    const bool is_short = script.name == "test" && runner != "bun";
    commands.push_back(format("{} {}{}", runner, is_short ? "" : "run ", script.name));
  }
  return commands;
}

std::vector<std::string> make_targets(std::string_view text,
                                      const std::vector<std::string>& wanted) {
  std::vector<std::string> there;
  for (const std::string_view line : split(text, '\n')) {
    // "check test: build", and no "X := y", recipe or comment.
    const std::size_t colon = line.find(':');
    if (colon == line.npos || colon == 0 || line[0] == '\t' || line[0] == ' ' || line[0] == '#' ||
        line.substr(colon).starts_with(":=") || line.substr(0, colon).find('=') != line.npos) {
      continue;
    }
    for (std::string_view name : split(line.substr(0, colon), ' ')) {
      if (name.starts_with('@')) name.remove_prefix(1);  // just: a quiet recipe
      there.emplace_back(name);
    }
  }
  std::vector<std::string> found;
  for (const std::string& name : wanted) {
    if (std::find(there.begin(), there.end(), name) != there.end()) found.push_back(name);
  }
  return found;
}

std::vector<std::string> cmake_preset_checks(std::string_view text) {
  const Result<Json> file = parse_json(text);
  if (!file) return {};
  std::vector<std::string> commands;
  const Json* const workflows = file->find("workflowPresets");
  if (workflows != nullptr && workflows->items() != nullptr) {
    for (const Json& workflow : *workflows->items()) {
      const std::string name = text_of(workflow, "name");
      if (is_plain_name(name) && tests_something(workflow)) {
        commands.push_back("cmake --workflow --preset " + name);
      }
    }
  }
  const std::vector<Preset> builds = read_presets(*file, "buildPresets");
  const std::vector<Preset> tests = read_presets(*file, "testPresets");
  for (const Preset& test : tests) {
    const std::string configure = configure_preset(tests, test);
    if (test.hidden || !is_plain_name(test.name) || !is_plain_name(configure)) continue;
    const auto build = std::find_if(builds.begin(), builds.end(), [&](const Preset& preset) {
      return !preset.hidden && is_plain_name(preset.name) &&
             configure_preset(builds, preset) == configure;
    });
    commands.push_back(build == builds.end()
                           ? format("ctest --preset {}", test.name)
                           : format("cmake --preset {} && cmake --build --preset {} && ctest "
                                    "--preset {}",
                                    configure, build->name, test.name));
  }
  return commands;
}

std::vector<std::string> composer_checks(std::string_view text) {
  const Result<Json> package = parse_json(text);
  if (!package) return {};
  std::vector<std::string> commands;
  for (const Script& script : checking_scripts(*package)) {
    commands.push_back("composer run-script " + script.name);
  }
  return commands;
}

}  // namespace temper::agent
