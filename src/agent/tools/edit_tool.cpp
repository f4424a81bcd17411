// Replaces a piece of a file; edit.h says what counts as found.
#include <algorithm>
#include <utility>

#include "agent/tools/arguments.h"
#include "agent/tools/edit.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/text_lines.h"
#include "base/format.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kContextLines = 2;
constexpr std::size_t kMaxShownLines = 16;

// The lines that changed with those around them; of many the first and the last.
std::string changed_lines(const Edited& edited) {
  const std::vector<TextLine> lines = text_lines_of(edited.text);
  const std::size_t first =
      edited.first_line > kContextLines ? edited.first_line - kContextLines : 1;
  const std::size_t last = std::min(edited.last_line + kContextLines, lines.size());
  if (last < first) return "";
  if (last - first < kMaxShownLines) return numbered_lines(lines, first, last);
  constexpr std::size_t kHalf = kMaxShownLines / 2;
  return numbered_lines(lines, first, first + kHalf - 1) + "[...]\n" +
         numbered_lines(lines, last - kHalf + 1, last);
}

std::string title_of(const std::string& path, const Edited& edited) {
  const char* how = edited.match == EditMatch::WhiteSpace
                        ? " (white space of `old` differed; `new` was indented as the file is)"
                        : "";
  if (edited.last_line < edited.first_line) {
    return format("Edited {}, text removed before line {}{}:\n", path, edited.first_line, how);
  }
  if (edited.last_line == edited.first_line) {
    return format("Edited {}, line {}{}:\n", path, edited.first_line, how);
  }
  return format("Edited {}, lines {}-{}{}:\n", path, edited.first_line, edited.last_line, how);
}

class EditTool final : public Tool {
 public:
  explicit EditTool(std::shared_ptr<WorkFiles> files) : files_(std::move(files)) {}

  chat::ToolSpec spec() const override {
    return {"edit", "Replace text in a file. `old` must be there once.",
            parameters({{"path"}, {"old"}, {"new"}})};
  }

  std::vector<chat::ArgumentDomain> domains() const override {
    auto paths = files_->existing_paths(WorkFiles::Reads::Files);
    if (!paths) return {};
    return {{"edit", "path", paths}, {"edit", "old", files_->text_of(paths), "path"}};
  }

  ToolOutcome call(const Json& arguments, const StopToken&) override {
    const std::string path = text_argument(arguments, "path");
    const Result<Workspace::File> file = files_->workspace().read(path, kMaxBytes);
    if (!file) return files_->refuse(path, file.error());
    if (is_binary(file->bytes)) {
      return error_outcome(
          {Code::Invalid, format("{} is a binary file; edit changes text alone", file->path)});
    }
    const Result<Edited> edited =
        apply_edit(file->bytes, {text_argument(arguments, "old"), text_argument(arguments, "new")});
    if (!edited) return error_outcome(in_context(file->path, edited.error()));
    if (edited->text == file->bytes) {
      return error_outcome(
          {Code::Invalid, format("{}: the edit would change nothing", file->path)});
    }
    const auto written = files_->workspace().write(file->path, edited->text);
    if (!written) return files_->refuse(path, written.error());
    files_->shown().edited(file->path, file->bytes, edited->text);
    files_->tree_may_have_changed();
    return {.text = title_of(file->path, *edited) + changed_lines(*edited),
            .paths_changed = {file->path}};
  }

 private:
  std::shared_ptr<WorkFiles> files_;
};

}  // namespace

std::unique_ptr<Tool> make_edit_tool(std::shared_ptr<WorkFiles> files) {
  return std::make_unique<EditTool>(std::move(files));
}

}  // namespace temper::agent
