#include "agent/tools/toolbox.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

// A workspace on the disk, and the tools over it.
struct Bench {
  TemporaryDirectory directory = make_temporary_directory();
  std::shared_ptr<WorkFiles> files = std::make_shared<WorkFiles>(
      Workspace::open(directory.path()).take(), std::make_shared<MemoryResultStore>());
  Toolbox tools{files};

  void put(const std::string& path, std::string_view bytes) {
    std::filesystem::create_directories(std::filesystem::path(directory / path).parent_path());
    REQUIRE(write_file_atomically(directory / path, bytes).ok());
  }
  std::string at(const std::string& path) { return *read_file(directory / path, 1 << 20); }
  std::string say(std::string_view tool, const Json& arguments) {
    return say_text(tool, arguments.dump());
  }
  std::string say_text(std::string_view tool, std::string_view arguments) {
    const ToolOutcome outcome = tools.call(tool, arguments);
    return (outcome.is_error ? "error: " : "") + outcome.text;
  }
};

TEST_CASE("toolbox: few words") {
  Bench bench;
  std::size_t characters = 0;
  for (const chat::ToolSpec& spec : bench.tools.specs()) {
    MESSAGE(to_json(spec).dump());
    characters += to_json(spec).dump().size();
  }
  MESSAGE(characters);
  CHECK(characters / 4 < 700);
}

TEST_CASE("toolbox: try") {
  Bench bench;
  bench.put("blog/lib/posts.py", "def a():\n    return 1\n");
  MESSAGE(bench.say("read", Json::object({{"path", "blog/libs/posts.py"}})));
  MESSAGE(bench.say("read", Json::object({{"file_path", bench.directory / "blog/lib/posts.py"}})));
  MESSAGE(bench.say("write", Json::object({{"path", "blog/libs/tags.py"}, {"content", "x\n"}})));
  MESSAGE(bench.say("edit", Json::object({{"path", "blog/lib/posts.py"},
                                          {"old_string", "return 1"},
                                          {"new", "return 2"}})));
  MESSAGE(bench.say("edit", Json::object({{"path", "blog/lib/posts.py"},
                                          {"old_string", "return 1"},
                                          {"new", "return 3"}})));
  MESSAGE(bench.say("search", Json::object({{"pattern", "Return ("}})));
  MESSAGE(bench.say("search", Json::object({{"pattern", "Return"}})));
  MESSAGE(bench.say("find", Json::object({{"pattern", "*.py"}})));
  MESSAGE(bench.say("read", Json::object({{"path", "."}})));
  MESSAGE(bench.say("write", Json::object({{"path", ".git/hooks/x"}, {"content", "x\n"}})));
  MESSAGE(bench.say("write", Json::object({{"path", "../x"}, {"content", "x\n"}})));
  MESSAGE(bench.say("execute_shell", Json::object({{"path", "../x"}})));
  MESSAGE(bench.say_text("write", "{\"path\": \"x\", \"content\": \"a"));
  MESSAGE(bench.say_text("write", "{}"));
  MESSAGE(bench.say_text("write", "{\"path\": \"x\", \"content\": \"a\", \"mode\": 3}"));
}

}  // namespace
}  // namespace temper::agent
