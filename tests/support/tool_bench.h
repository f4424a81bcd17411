// A workspace on the disk with the file tools over it, for tests that call them as a model
// does.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "agent/tools/toolbox.h"
#include "base/file.h"
#include "support/temporary.h"

namespace temper::agent {

struct ToolBench {
  TemporaryDirectory directory = make_temporary_directory();
  std::shared_ptr<WorkFiles> files = std::make_shared<WorkFiles>(
      Workspace::open(directory.path()).take(), std::make_shared<MemoryResultStore>());
  Toolbox tools{files};

  void put(const std::string& path, std::string_view bytes) const {
    std::filesystem::create_directories(std::filesystem::path(directory / path).parent_path());
    std::ofstream(directory / path, std::ios::binary) << bytes;
  }
  std::string at(const std::string& path) const {
    const Result<std::string> bytes = read_file(directory / path, 1 << 24);
    return bytes ? *bytes : "none";
  }

  // What the model is told.
  std::string say(std::string_view tool, const Json& arguments) {
    return say_text(tool, arguments.dump());
  }
  std::string say_text(std::string_view tool, std::string_view arguments) {
    const ToolOutcome outcome = tools.call(tool, arguments);
    return (outcome.is_error ? "error: " : "") + outcome.text;
  }
  std::string read(const std::string& path) { return say("read", Json::object({{"path", path}})); }
  std::string write(const std::string& path, const std::string& content) {
    return say("write", Json::object({{"path", path}, {"content", content}}));
  }
  std::string edit(const std::string& path, const std::string& before, const std::string& after) {
    return say("edit", Json::object({{"path", path}, {"old", before}, {"new", after}}));
  }
};

}  // namespace temper::agent
