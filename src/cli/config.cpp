#include "base/config.h"

#include <algorithm>

#include "base/format.h"
#include "base/json.h"
#include "base/paths.h"
#include "cli/config_keys.h"
#include "cli/registry.h"
#include "cli/settings.h"

namespace temper::cli {
namespace {

// A value as a script wants it: text without quotes, a list with an item a line.
std::string bare_value(const Config& config, const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::Text:
    case ConfigType::Choice: return config.text(key.name) + "\n";
    case ConfigType::Path: return config.path(key.name) + "\n";
    case ConfigType::Boolean:
    case ConfigType::Integer: return config.shown_value(key.name) + "\n";
    case ConfigType::TextList: break;
  }
  std::string lines;
  for (const std::string& item : config.list(key.name)) lines += item + "\n";
  return lines;
}

Json json_value(const Config& config, const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::Text:
    case ConfigType::Choice: return config.text(key.name);
    case ConfigType::Path: return config.path(key.name);
    case ConfigType::Boolean: return config.boolean(key.name);
    case ConfigType::Integer: return config.integer(key.name);
    case ConfigType::TextList: break;
  }
  Json items = Json::array();
  for (const std::string& item : config.list(key.name)) items.push(item);
  return items;
}

Json to_json(const Config& config, const ConfigKey& key) {
  return Json::object({{"key", key.name},
                       {"value", json_value(config, key)},
                       {"origin", config.origin(key.name)},
                       {"help", key.help}});
}

void print_all(Output& out, const Config& config) {
  Table table;
  for (const ConfigKey& key : config.keys()) {
    const std::string& origin = config.origin(key.name);
    table.rows.push_back({Cell(key.name, Style::Bold),
                          Cell(origin, origin == "default" ? Style::Dim : Style::Green),
                          config.shown_value(key.name)});
  }
  print_table(out, table);
}

Result<ExitCode> run(Context& context) {
  const Config& config = context.settings.config;
  const bool as_json = context.arguments.has("--json");
  const std::optional<std::string> wanted = context.arguments.value("KEY");
  Json list = Json::array();
  for (const ConfigKey& key : config.keys()) {
    if (wanted && *wanted != key.name) continue;
    if (wanted && !as_json) context.out.write(bare_value(config, key));
    if (wanted && as_json) context.out.line(to_json(config, key).dump_pretty());
    list.push(to_json(config, key));
  }
  if (wanted) return ExitCode::Success;
  if (as_json) {
    context.out.line(list.dump_pretty());
  } else {
    print_all(context.out, config);
  }
  return ExitCode::Success;
}

std::string_view role_name(ConfigFile::Role role) {
  switch (role) {
    case ConfigFile::Role::User: return "user";
    case ConfigFile::Role::Named: return "named";
    case ConfigFile::Role::Repository: return "repository";
  }
  return "";
}

Result<ExitCode> run_path(Context& context) {
  const std::vector<ConfigFile>& files = context.settings.files;
  const Result<std::string> folder = user_directory(context.environment, UserDirectory::Config);
  if (!folder && std::ranges::count(files, ConfigFile::Role::Named, &ConfigFile::role) == 0) {
    context.log.warn("{}", folder.error().message);
  }
  Json list = Json::array();
  Table table;
  for (const ConfigFile& file : files) {
    table.rows.push_back({display_path(context.environment, file.path),
                          Cell(std::string(role_name(file.role)), Style::Dim),
                          Cell(file.exists ? "" : "not there", Style::Dim)});
    list.push(Json::object(
        {{"path", file.path}, {"role", role_name(file.role)}, {"exists", file.exists}}));
  }
  if (context.arguments.has("--json")) {
    context.out.line(list.dump_pretty());
  } else {
    print_table(context.out, table);
  }
  return ExitCode::Success;
}

}  // namespace

Command config_command() {
  return {
      .name = "config",
      .group = Group::Setup,
      .summary = "the settings in force, and where each comes from",
      .description =
          "Settings come from temper.toml in the repository, which wins over the user's "
          "config.toml; flags win over both. \"temper help configuration\" lists the "
          "keys.",
      .positionals = {{.name = "KEY",
                       .help = "print this one's value alone",
                       .required = false,
                       .choices = config_key_names()}},
      .options = {json_option()},
      .examples = {{"temper config", "all settings"},
                   {"temper config log.level", "one value, for a script"}},
      .run = run,
  };
}

Command config_path_command() {
  return {
      .name = "config path",
      .group = Group::Setup,
      .summary = "the configuration files that count here",
      .description = "A later one wins over an earlier one. Works whatever is in them.",
      .options = {json_option()},
      .examples = {{"temper config path", "which files there are, or might be"}},
      .config = ConfigUse::Examined,
      .run = run_path,
  };
}

}  // namespace temper::cli
