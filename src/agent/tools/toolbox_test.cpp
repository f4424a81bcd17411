#include "agent/tools/toolbox.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "support/tool_bench.h"

namespace temper::agent {
namespace {

// Says what it was called with.
class EchoTool final : public Tool {
 public:
  EchoTool(std::string name, Json parameters, std::string whole = {})
      : name_(std::move(name)), parameters_(std::move(parameters)), whole_(std::move(whole)) {}

  chat::ToolSpec spec() const override { return {name_, "", parameters_}; }
  ToolOutcome call(const Json& arguments, const StopToken&) override {
    return {.text = arguments.dump(), .whole = whole_};
  }

 private:
  std::string name_;
  Json parameters_;
  std::string whole_;
};

Json command_parameters() {
  return Json::object(
      {{"type", "object"},
       {"properties", Json::object({{"command", Json::object({{"type", "string"}})},
                                    {"seconds", Json::object({{"type", "integer"}})},
                                    {"again", Json::object({{"type", "boolean"}})}})},
       {"required", Json::array({"command"})}});
}

TEST_CASE("toolbox: few words, in one order") {
  ToolBench bench;
  std::string names;
  std::string all;
  bench.tools.add(std::make_unique<EchoTool>("zebra", Json::object()));
  bench.tools.add(std::make_unique<EchoTool>("run", Json::object()));
  for (const chat::ToolSpec& spec : bench.tools.specs()) {
    names += spec.name + " ";
    all += to_json(spec).dump();
  }
  CHECK(names == "read edit write run search find done zebra ");
  // A token is some four characters; what a prompt may take in all is 1500 of them.
  CHECK(all.size() < 2000);
  CHECK(bench.tools.specs() == bench.tools.specs());
}

TEST_CASE("toolbox: a tool that is not there") {
  ToolBench bench;
  bench.tools.add(std::make_unique<EchoTool>("run", command_parameters()));
  const std::string tools = "; the tools are read, edit, write, run, search, find, done.";
  const std::string nothing = " Nothing was done.";
  const auto said = [&](const std::string& name) { return bench.say_text(name, "{}"); };
  CHECK(said("execute_shell") ==
        "error: There is no tool \"execute_shell\"" + tools + " Did you mean \"run\"?" + nothing);
  CHECK(said("str_replace") ==
        "error: There is no tool \"str_replace\"" + tools + " Did you mean \"edit\"?" + nothing);
  CHECK(said("serch") ==
        "error: There is no tool \"serch\"" + tools + " Did you mean \"search\"?" + nothing);
  CHECK(said("xyzzy") == "error: There is no tool \"xyzzy\"" + tools + nothing);
}

TEST_CASE("toolbox: arguments are made to fit") {
  ToolBench bench;
  bench.tools.add(std::make_unique<EchoTool>("run", command_parameters()));
  const auto said = [&](std::string_view text) { return bench.say_text("run", text); };
  for (const auto& [written, fitting] : std::vector<std::pair<std::string, std::string>>{
           {R"({"command":"ls"})", R"({"command":"ls"})"},
           {R"({"cmd":"ls"})", R"({"command":"ls"})"},
           {R"({"Command":"ls","seconds":"5"})", R"({"command":"ls","seconds":5})"},
           {R"({"command":"ls","seconds":5.0,"again":"True"})",
            R"({"command":"ls","seconds":5,"again":true})"},
           {R"({"command":"ls","description":"why","seconds":null})", R"({"command":"ls"})"},
           {R"({"command":7})", R"({"command":"7"})"},
           {R"("{\"command\":\"ls\"}")", R"({"command":"ls"})"},
           {"{\"command\":\"a\nb\t\\\"c\"}", R"({"command":"a\nb\t\"c"})"},
       }) {
    CHECK(said(written) == fitting);
  }
  const std::string takes = "run takes command, seconds, again";
  for (const auto& [written, error] : std::vector<std::pair<std::string, std::string>>{
           {"", "The required argument `command` of run is missing; " + takes},
           {"{}", "The required argument `command` of run is missing; " + takes},
           {"[1]", "The arguments of run are no JSON object; " + takes},
           {R"({"command":"ls","cmd":"rm"})",
            "The argument `command` of run was given twice, also as \"cmd\"; " + takes},
           {R"({"command":["ls"]})",
            "The argument `command` of run is a list, but it must be a string"},
           {R"({"command":"ls","seconds":"soon"})",
            "The argument `seconds` of run is a string, but it must be an integer"},
           {R"({"command":"ls","shell":"zsh"})", "run has no argument \"shell\"; " + takes},
           {R"({"command": "git ls-fi)",
            "The arguments of run are cut off: the JSON ends inside a string, as when a reply is "
            "longer than it may be. Send the whole call again, or less of it at a time"},
           {R"({"command": "git")",
            "The arguments of run are cut off: the JSON ends before its last brace, as when a "
            "reply is longer than it may be. Send the whole call again, or less of it at a time"},
       }) {
    CHECK(said(written) == "error: " + error + ". Nothing was done.");
  }
  CHECK(said(R"({"command":"ls","secons":1})").ends_with("Did you mean \"seconds\"?"));
  CHECK(
      said("{command: ls}").starts_with("error: The arguments of run are not valid JSON: line 1"));
}

TEST_CASE("toolbox: a call that is cut never reaches the disk") {
  ToolBench bench;
  const std::string whole = Json::object({{"path", "a"}, {"content", "one\ntwo\n"}}).dump();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK(bench.say_text("write", whole.substr(0, length)).starts_with("error: "));
  }
  CHECK(bench.at("a") == "none");
  CHECK(bench.say_text("write", whole) == "Created a (2 lines, 8 B).");
}

TEST_CASE("toolbox: what was shortened can be read whole") {
  ToolBench bench;
  std::string whole;
  for (int line = 1; line <= 5000; ++line) whole += "line " + std::to_string(line) + "\n";
  bench.tools.add(std::make_unique<EchoTool>("run", command_parameters(), whole));
  CHECK(bench.say_text("run", R"({"command":"ls"})") ==
        "[shortened; read output-1 has all 5000 lines]\n{\"command\":\"ls\"}");
  CHECK(bench.say_text("read", R"({"path":"output-1","first":4000,"last":4001})") ==
        "output-1 (lines 4000-4001 of 5000)\nline 4000\nline 4001\n");
  const std::string shown = bench.read("output-1");
  CHECK(shown.find("\nline 1\n") != shown.npos);
  CHECK(shown.ends_with("\nline 5000\n"));
  CHECK(shown.size() < 2000);
  CHECK(bench.read("output-2").starts_with("error: cannot find output-2: there is no such file."));
}

TEST_CASE("toolbox: a stop comes before the call") {
  ToolBench bench;
  StopSource source;
  source.request_stop();
  const ToolOutcome outcome =
      bench.tools.call("write", R"({"path":"a","content":"b"})", source.token());
  CHECK(outcome.is_error);
  CHECK(bench.at("a") == "none");
}

TEST_CASE("toolbox: what arguments can be follows the tree") {
  ToolBench bench;
  bench.put(".gitignore", "*.o\n");
  bench.put("src/a.c", "int a;\nint b;\n");
  bench.put("src/a.o", "x");
  const auto domain = [&](std::string_view tool, std::string_view argument) {
    for (const chat::ArgumentDomain& one : bench.tools.domains()) {
      if (one.tool == tool && one.argument == argument) return one.domain;
    }
    return std::shared_ptr<const chat::Domain>();
  };
  CHECK(contains(*domain("read", "path"), "src/a.c"));
  CHECK(contains(*domain("read", "path"), "src"));
  CHECK(contains(*domain("read", "path"), bench.directory / "src/a.c"));
  CHECK_FALSE(contains(*domain("read", "path"), "src/a.o"));
  CHECK_FALSE(contains(*domain("edit", "path"), "src"));
  CHECK(contains(*domain("write", "path"), "src/a.c"));
  CHECK(contains(*domain("write", "path"), "src/new/b.c"));
  CHECK_FALSE(contains(*domain("write", "path"), ".git/config"));

  const auto paths = domain("edit", "path");
  const auto old = domain("edit", "old");
  const chat::Domain::State file = read(*paths, "src/a.c");
  CHECK(contains(*old, "int a", file));
  CHECK_FALSE(contains(*old, "int", file));
  CHECK_FALSE(contains(*old, "long", file));

  CHECK_FALSE(contains(*domain("edit", "path"), "src/b.c"));
  bench.write("src/b.c", "int c;\n");
  CHECK(contains(*domain("edit", "path"), "src/b.c"));
  bench.files->results().keep("text");
  CHECK(contains(*domain("read", "path"), "output-1"));
}

TEST_CASE("toolbox: done ends the turn") {
  ToolBench bench;
  CHECK(bench.tools.call("done", R"({"message":"all of it"})") ==
        ToolOutcome{.text = "all of it", .ends_turn = true});
}

}  // namespace
}  // namespace temper::agent
