// Calls of a model of random weights, at a temperature where nothing it says is likely: what
// comes out right is what the constraint makes right.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/format.h"
#include "base/text.h"
#include "base/thread_pool.h"
#include "chat/domains/existing_path.h"
#include "chat/domains/path_set.h"
#include "chat/domains/text_of_file.h"
#include "chat/reply.h"
#include "support/schema_validator.h"
#include "support/tiny_models.h"

namespace temper::providers {
namespace {

using chat::ArgumentDomain;
using chat::Reply;
using chat::Request;
using chat::Role;
using chat::ToolCall;
using chat::ToolSpec;

// Chance ends a text seldom, so those that may have any length get one.
Json with_short_texts(const Json& schema) {
  if (schema.is_array()) {
    Json made = Json::array();
    for (const Json& item : *schema.items()) made.push(with_short_texts(item));
    return made;
  }
  if (!schema.is_object()) return schema;
  Json made = Json::object();
  for (const auto& member : *schema.members())
    made.set(member.first, with_short_texts(member.second));
  const Json* type = schema.find("type");
  const bool is_text = type != nullptr && type->is_string() && *type->string() == "string";
  const bool is_free = schema.find("maxLength") == nullptr && schema.find("pattern") == nullptr &&
                       schema.find("format") == nullptr && schema.find("enum") == nullptr;
  if (is_text && is_free) made.set("maxLength", 20);
  return made;
}

std::vector<ToolSpec> tools_of_the_schemas() {
  std::vector<ToolSpec> tools;
  const std::filesystem::path folder = TEMPER_SOURCE_DIR "/tests/fixtures/schemas";
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.insert(entry.path());
  for (const std::filesystem::path& path : paths) {
    const Result<Json> json = parse_json(read_test_file(path.string()));
    REQUIRE(json);
    tools.push_back({*json->string_at("name"), *json->string_at("description"),
                     with_short_texts(*json->find("parameters"))});
  }
  REQUIRE(tools.size() == 20);
  return tools;
}

// A workspace of three files, in memory.
const std::map<std::string, std::string, std::less<>>& files() {
  static const std::map<std::string, std::string, std::less<>> kFiles = {
      {"README.md", "# A \"project\"\n\nBuild it with `make`.\n"},
      {"src/main.c", "#include \"sum.h\"\n\nint main(void) {\n\treturn sum(1, 2) - 3;\n}\n"},
      {"src/sum.h", "int sum(int a, int b);  // \xC3\xA4\xE2\x82\xAC\n"},
  };
  return kFiles;
}

class Workspace {
 public:
  Workspace() {
    for (const auto& file : files()) paths_.add(file.first);
    existing_ = std::make_shared<const chat::ExistingPath>(paths_.snapshot());
    const auto load = [](std::string_view path) -> Result<std::string> {
      return files().find(path)->second;
    };
    before_ = std::make_shared<const chat::TextOfFile>(
        existing_, load, std::make_shared<chat::TextCache>(std::size_t{1} << 20),
        chat::Occurrence::Once);
  }

  std::vector<ArgumentDomain> domains() const {
    return {{"read_file", "path", existing_},
            {"edit_file", "path", existing_},
            {"edit_file", "before", before_, "path"}};
  }

  // "": it is of the domains of its tool.
  static std::string fault_in(const ToolCall& call, const Json& arguments) {
    if (call.name != "read_file" && call.name != "edit_file") return "";
    std::string path = *arguments.string_at("path");
    if (path.starts_with("./")) path.erase(0, 2);
    const auto file = files().find(path);
    if (file == files().end()) return "there is no file " + path;
    if (call.name == "read_file") return "";
    const std::string before = *arguments.string_at("before");
    const std::size_t first = file->second.find(before);
    if (before.empty() || first == std::string::npos) return "it does not occur: " + before;
    if (file->second.find(before, first + 1) != std::string::npos) return "it occurs twice";
    return "";
  }

 private:
  chat::PathSet paths_;
  std::shared_ptr<const chat::ExistingPath> existing_;
  std::shared_ptr<const chat::TextOfFile> before_;
};

// "": it parses, validates, and is of its domains.
std::string fault_in(const ToolCall& call, const std::vector<ToolSpec>& tools) {
  for (const ToolSpec& tool : tools) {
    if (tool.name != call.name) continue;
    const Result<Json> arguments = parse_json(call.arguments);
    if (!arguments) return arguments.error().message;
    if (!testing::SchemaValidator(tool.parameters).accepts(*arguments)) return "it does not fit";
    return Workspace::fault_in(call, *arguments);
  }
  return "there is no such tool";
}

struct Tally {
  std::size_t calls = 0;
  std::vector<std::string> faults;
  std::size_t without = 0;  // replies in which no call was finished
  std::uint64_t tokens = 0;
};

Tally call_at_random(const TinyDialect& which, bool constrain, std::size_t calls) {
  const TinyModel model(which);
  LocalOptions options;
  options.constrain = constrain;
  if (which.name != "none") options.chat_template = model.template_without_tools();
  options.sampling.temperature = 2;
  options.sampling.top_k = 0;
  options.sampling.top_p = 1;
  options.sampling.min_p = 0;
  auto provider = LocalProvider::create(model.load(32768), test_clock(), options).take();
  const Workspace workspace;
  Request request;
  request.messages = {text_message(Role::User, "Go on.")};
  request.tools = tools_of_the_schemas();
  request.domains = workspace.domains();
  request.tool_choice = chat::ToolChoice::Required;
  request.max_thinking_tokens = 0;
  request.max_output_tokens = constrain ? 6000 : 1000;
  Tally tally;
  for (std::uint64_t seed = 1; tally.calls < calls && seed <= 2 * calls + 10; ++seed) {
    request.sampling.seed = seed;
    const Reply reply = collect(*provider, request, {});
    tally.tokens += reply.usage.output_tokens;
    const std::vector<ToolCall> made = calls_of(reply.message);
    if (made.empty()) ++tally.without;
    for (const ToolCall& call : made) {
      ++tally.calls;
      const std::string fault = fault_in(call, request.tools);
      if (!fault.empty()) tally.faults.push_back(call.name + " " + call.arguments + ": " + fault);
    }
  }
  return tally;
}

// So many calls in each dialect, two dialects at a time.
void check_all_dialects(std::size_t calls) {
  const std::vector<TinyDialect> dialects = tiny_dialects();
  std::vector<Tally> tallies(dialects.size());
  ThreadPool threads(1);
  threads.parallel_for(dialects.size(), [&](std::size_t i) {
    tallies[i] = call_at_random(dialects[i], true, calls);
  });
  for (std::size_t i = 0; i < dialects.size(); ++i) {
    CAPTURE(dialects[i].name);
    CAPTURE(dialects[i].has_tokens);
    CHECK(tallies[i].calls >= calls);
    CHECK(join(tallies[i].faults, "\n") == "");
    MESSAGE(tallies[i].calls, " calls in ", tallies[i].tokens, " tokens, ", tallies[i].without,
            " replies without one");
  }
}

TEST_CASE("constrained calls: all parse, all validate, all are of their domains") {
  check_all_dialects(10);
}

TEST_CASE("slow: constrained calls: ten thousand of them") {
  check_all_dialects(10'000 / tiny_dialects().size() + 1);
}

TEST_CASE("constrained calls: without the constraint none comes out right") {
  const Tally tally = call_at_random({"qwen_xml"}, false, 50);
  CHECK(tally.calls == tally.faults.size());
  CHECK(tally.without > 0);
}

}  // namespace
}  // namespace temper::providers
