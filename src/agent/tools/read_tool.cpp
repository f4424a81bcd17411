// Shows files, directories, and the outputs that were too long to show.
#include <algorithm>
#include <utility>

#include "agent/tools/arguments.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/text_lines.h"
#include "agent/tools/view.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxNames = 200;
// A text that is not longer than the answer that it stands above is shown again.
constexpr std::size_t kShortBytes = 200;

std::size_t as_line(std::int64_t number) {
  return static_cast<std::size_t>(std::max<std::int64_t>(number, 0));
}

class ReadTool final : public Tool {
 public:
  explicit ReadTool(std::shared_ptr<WorkFiles> files) : files_(std::move(files)) {}

  chat::ToolSpec spec() const override {
    return {
        "read", "Show a file, a directory, or a stored output such as output-3.",
        parameters(
            {{"path"}, {"?first", "integer", "first line"}, {"?last", "integer", "last line"}})};
  }

  std::vector<chat::ArgumentDomain> domains() const override {
    auto paths = files_->existing_paths(WorkFiles::Reads::FilesDirectoriesAndOutputs);
    if (!paths) return {};
    return {{"read", "path", std::move(paths)}};
  }

  ToolOutcome call(const Json& arguments, const StopToken&) override {
    const std::string path = text_argument(arguments, "path");
    const LineRange wanted{as_line(number_argument(arguments, "first", 0)),
                           as_line(number_argument(arguments, "last", 0))};
    const Result<Workspace::Entry> entry = files_->workspace().look(path);
    if (!entry) {
      if (const auto output = files_->results().find(path))
        return show_output(path, *output, wanted);
      return files_->refuse(path, entry.error());
    }
    if (entry->kind == Workspace::Kind::Directory) return show_directory(entry->path);
    const Result<Workspace::File> file = files_->workspace().read(path, kMaxBytes);
    if (!file) return files_->refuse(path, file.error());
    return show_file(*file, wanted);
  }

 private:
  ToolOutcome show_file(const Workspace::File& file, LineRange wanted) {
    if (is_binary(file.bytes)) {
      return {.text = format("{} is {} of {}, and only text can be shown.", file.path,
                             binary_kind(file.bytes), format_bytes(file.bytes.size())),
              .paths_read = {file.path}};
    }
    const Result<View> view = view_of(file.path, file.bytes, wanted);
    if (!view) return error_outcome(view.error());
    ShownFiles& shown = files_->shown();
    if (view->text.size() > kShortBytes && shown.stands(file.path, file.bytes, view->range)) {
      return {.text = format("{} is unchanged since you saw its lines {}-{}; they stand above.",
                             file.path, view->range.first, view->range.last),
              .paths_read = {file.path}};
    }
    shown.show(file.path, file.bytes, view->range, count_lines(file.bytes));
    return {.text = view->text, .paths_read = {file.path}};
  }

  static ToolOutcome show_output(std::string_view name, std::string_view output, LineRange wanted) {
    const Result<View> view = view_of(name, output, wanted, ViewKind::Output);
    if (!view) return error_outcome(view.error());
    return {.text = view->text};
  }

  ToolOutcome show_directory(const std::string& path) const {
    const auto names = files_->workspace().list(path);
    if (!names) return error_outcome(names.error());
    std::string text =
        format("{}/ holds {} {}\n", path, names->size(), names->size() == 1 ? "name" : "names");
    std::size_t shown = 0;
    for (const Workspace::Name& name : *names) {
      if (name.name == ".git") continue;
      if (++shown > kMaxNames) {
        text += "[...] find lists files by their names\n";
        break;
      }
      text += name.name + (name.is_directory ? "/\n" : "\n");
    }
    return {.text = text, .paths_read = {path}};
  }

  std::shared_ptr<WorkFiles> files_;
};

}  // namespace

std::unique_ptr<Tool> make_read_tool(std::shared_ptr<WorkFiles> files) {
  return std::make_unique<ReadTool>(std::move(files));
}

}  // namespace temper::agent
