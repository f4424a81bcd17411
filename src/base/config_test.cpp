#include "base/config.h"

#include <doctest/doctest.h>

#include "base/format.h"

namespace temper {
namespace {

std::vector<ConfigKey> declared() {
  return {
      {.name = "log.level",
       .type = ConfigType::Choice,
       .standard = "warning",
       .help = "how much is said",
       .choices = {"error", "warning", "info", "debug"}},
      {.name = "color", .type = ConfigType::Boolean, .standard = true, .help = ""},
      {.name = "serve.port",
       .type = ConfigType::Integer,
       .standard = std::int64_t{8080},
       .help = "",
       .least = 0,
       .most = 65535},
      {.name = "serve.host", .type = ConfigType::Text, .standard = "127.0.0.1", .help = ""},
      {.name = "models.dir", .type = ConfigType::Path, .standard = "", .help = ""},
      {.name = "agent.allow",
       .type = ConfigType::TextList,
       .standard = std::vector<std::string>{"git"},
       .help = ""},
  };
}

Result<Config> load(const std::vector<std::string>& texts) {
  std::vector<ConfigLayer> layers;
  layers.reserve(texts.size());
  for (const std::string& text : texts) {
    layers.push_back({format("{}.toml", layers.size() + 1), text, "/etc/temper"});
  }
  Environment environment;
  environment.set("HOME", "/home/me");
  return Config::load(declared(), layers, environment);
}

// All values with their origins, but for the defaults; or the error.
std::string shown(const Result<Config>& config) {
  if (!config) return config.error().message;
  std::string lines;
  for (const ConfigKey& key : config->keys()) {
    const std::string& origin = config->origin(key.name);
    if (origin == "default") continue;
    lines += format("{} = {} ({})\n", key.name, config->shown_value(key.name), origin);
  }
  return lines;
}

TEST_CASE("config: what nobody sets has its standard value") {
  const Result<Config> config = load({});
  REQUIRE(config);
  CHECK(config->text("log.level") == "warning");
  CHECK(config->boolean("color") == true);
  CHECK(config->integer("serve.port") == 8080);
  CHECK(config->list("agent.allow") == std::vector<std::string>{"git"});
  CHECK(config->path("models.dir").empty());
  CHECK(config->origin("color") == "default");
}

TEST_CASE("config: later layers win, and everything knows where it came from") {
  CHECK(shown(load({"color = false\n[log]\nlevel = 'info'\n", "\nlog.level = \"debug\"\n"})) ==
        "log.level = \"debug\" (2.toml:2)\ncolor = false (1.toml:1)\n");
  CHECK(shown(load({"agent = { allow = ['git', \"a\\tb\"] }", "agent.allow = []"})) ==
        "agent.allow = [] (2.toml:1)\n");
  CHECK(shown(load({"[serve]\nport = 0\nhost = '::1'", "serve.port = 65535"})) ==
        "serve.port = 65535 (2.toml:1)\nserve.host = \"::1\" (1.toml:3)\n");
}

TEST_CASE("config: paths start from where they are written") {
  const std::pair<std::string, std::string> rows[] = {
      {"models", "/etc/temper/models"},
      {"../x/./y", "/etc/x/y"},
      {"/abs", "/abs"},
      {"~/models", "/home/me/models"},
      {"~", "/home/me"},
      {"~/models//", "/home/me/models"},
      {"sub/..", "/etc/temper"},
      {"/../abs/", "/abs"},
      {"~x", "/etc/temper/~x"},
      {"", ""},
  };
  for (const auto& [written, path] : rows) {
    CHECK(load({format("models.dir = '{}'", written)})->path("models.dir") == path);
  }
  Result<Config> config = load({});
  REQUIRE(config->set("models.dir", "here", "--models-dir", "/work"));
  CHECK(config->path("models.dir") == "/work/here");

  const ConfigLayer layer{"1.toml", "models.dir = '~/models'", "/etc/temper"};
  CHECK(shown(Config::load(declared(), {&layer, 1}, Environment())) ==
        "1.toml:1: the environment variable HOME is not set to an absolute path; set it to your "
        "home directory");
}

TEST_CASE("config: mistakes are errors with their place") {
  const std::pair<std::string, std::string> rows[] = {
      {"\n\n\nlog.levle = 'info'",
       "1.toml:4: there is no key \"log.levle\". Did you mean \"log.level\"?"},
      {"[lgo]\nlevel = 'info'",
       "1.toml:2: there is no key \"lgo.level\". Did you mean \"log.level\"?"},
      {"quite_unknown = 1", "1.toml:1: there is no key \"quite_unknown\"."},
      {"[quite_unknown]", "1.toml:1: there is no key \"quite_unknown\"."},
      {"\"a\\nb\" = 1", "1.toml:1: there is no key \"a\\nb\"."},
      {"log = 'info'", "1.toml:1: \"log\" is a table, with keys like \"log.level\"."},
      {"log.level.x = 1", "1.toml:1: there is no key \"log.level.x\". Did you mean \"log.level\"?"},
      {"color = 'yes'", "1.toml:1: \"color\" must be true or false, not \"yes\"."},
      {"serve.port = '80'",
       "1.toml:1: \"serve.port\" must be an integer from 0 to 65535, not \"80\"."},
      {"serve.port = 65536",
       "1.toml:1: \"serve.port\" must be an integer from 0 to 65535, not 65536."},
      {"serve.port = 80.5",
       "1.toml:1: \"serve.port\" must be an integer from 0 to 65535, not a number."},
      {"serve.host = 80", "1.toml:1: \"serve.host\" must be text, not 80."},
      {"models.dir = true", "1.toml:1: \"models.dir\" must be a path, not true."},
      {"agent.allow = 'git'", "1.toml:1: \"agent.allow\" must be a list of texts, not \"git\"."},
      {"agent.allow = ['git', 1]",
       "1.toml:1: \"agent.allow\" must be a list of texts, not one whose item 2 is 1."},
      {"log.level = 'wraning'",
       "1.toml:1: \"log.level\" must be one of error, warning, info, debug, not \"wraning\". Did "
       "you mean \"warning\"?"},
      {"\"log.level\" = 'info'\n[log]\nlevel = 'debug'",
       "1.toml:1: the key \"log.level\" has a dot within its quotes. Write the dots of a setting "
       "outside of quotes."},
      {"[log]\n'x.y' = { z = 1 }",
       "1.toml:2: the key \"x.y\" has a dot within its quotes. Write the dots of a setting "
       "outside of quotes."},
      {"color = ", "1.toml:1:9: cannot read the key-value pair: the text ends too early"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CHECK(shown(load({row.first})) == row.second);
  }
}

// What a flag leads to: the value, or the error.
std::string after_set(std::string_view name, std::string_view text) {
  Result<Config> config = load({"color = true\nserve.port = 1"});
  const Result<void> set = config->set(name, text, "--flag", "/work");
  if (!set) return set.error().message;
  CHECK(config->origin(name) == "--flag");
  return config->shown_value(name);
}

TEST_CASE("config: what is shown can be read again, and acts on no terminal") {
  const std::pair<std::string, std::string> rows[] = {
      {"a\"b\\c\n\t\x1b", R"("a\"b\\c\n\t\u001B")"},
      {"\x7f\u0085\u009b", R"("\u007F\u0085\u009B")"},
      // NOLINTNEXTLINE(misc-misleading-bidirectional): it is what is tested
      {"\u202e\u2028\u2066\u200f", R"("\u202E\u2028\u2066\u200F")"},
      {"h\u00e9 \U0001F600", "\"h\u00e9 \U0001F600\""},
  };
  for (const auto& [text, written] : rows) {
    CHECK(after_set("serve.host", text) == written);
    const Result<Config> config = load({"serve.host = " + written});
    REQUIRE(config);
    CHECK(config->text("serve.host") == text);
  }
}

TEST_CASE("config: flags and variables win, and are held to the same rules") {
  CHECK(after_set("color", "false") == "false");
  CHECK(after_set("serve.port", "443") == "443");
  CHECK(after_set("serve.host", " a b") == "\" a b\"");
  CHECK(after_set("log.level", "info") == "\"info\"");
  CHECK(after_set("agent.allow", "git, make") == "[\"git\", \"make\"]");
  CHECK(after_set("agent.allow", " ") == "[]");
  for (const char* text : {"git,", ",", "git,,make"}) {
    CHECK(after_set("agent.allow", text) ==
          format("--flag: \"agent.allow\" must be a list of texts, not \"{}\". One of its items is "
                 "empty.",
                 text));
  }
  CHECK(after_set("color", "1") == "--flag: \"color\" must be true or false, not \"1\".");
  CHECK(after_set("serve.port", "443x") ==
        "--flag: \"serve.port\" must be an integer from 0 to 65535, not \"443x\".");
  CHECK(after_set("serve.port", "99999999999999999999") ==
        "--flag: \"serve.port\" must be an integer from 0 to 65535, not "
        "\"99999999999999999999\".");
  CHECK(after_set("log.level", "inof") ==
        "--flag: \"log.level\" must be one of error, warning, info, debug, not \"inof\". Did you "
        "mean \"info\"?");
  CHECK(after_set("serve.prot", "1") ==
        "--flag: there is no key \"serve.prot\". Did you mean \"serve.port\"?");
}

}  // namespace
}  // namespace temper
