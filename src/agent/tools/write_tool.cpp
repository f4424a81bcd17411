// Makes a file, or writes over one that the model has seen.
#include <optional>
#include <utility>

#include "agent/tools/arguments.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/text_lines.h"
#include "agent/tools/view.h"
#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

std::string size_of(std::string_view content) {
  const std::size_t lines = count_lines(content);
  return format("{} {}, {}", lines, lines == 1 ? "line" : "lines", format_bytes(content.size()));
}

class WriteTool final : public Tool {
 public:
  explicit WriteTool(std::shared_ptr<WorkFiles> files) : files_(std::move(files)) {}

  chat::ToolSpec spec() const override {
    return {"write", "Create a file, or replace all of one that you have read.",
            parameters({{"path"}, {"content"}})};
  }

  std::vector<chat::ArgumentDomain> domains() const override {
    auto paths = files_->writable_paths();
    if (!paths) return {};
    return {{"write", "path", std::move(paths)}};
  }

  ToolOutcome call(const Json& arguments, const StopToken&) override {
    const std::string path = text_argument(arguments, "path");
    std::string content = text_argument(arguments, "content");
    const Result<Workspace::File> old = files_->workspace().read(path, kMaxBytes);
    if (!old) {
      const bool is_new = old.error().code == Code::NotFound;
      return is_new ? write(path, content, std::nullopt) : error_outcome(old.error());
    }
    if (line_breaks_of(old->bytes) == LineBreaksOf::ReturnNewline) content = with_returns(content);
    if (content == old->bytes) {
      files_->shown().wrote(old->path, content);
      return {.text = format("{} holds exactly this already; nothing changed.", old->path)};
    }
    if (auto refusal = refuse_unseen(*old)) return *std::move(refusal);
    return write(old->path, content, old->bytes);
  }

 private:
  // Refuses to write over what the model does not know, and shows it, so that it does next.
  std::optional<ToolOutcome> refuse_unseen(const Workspace::File& old) {
    using Knowledge = ShownFiles::Knowledge;
    const Knowledge knowledge = files_->shown().knowledge(old.path, old.bytes);
    if (knowledge == Knowledge::Whole || old.bytes.empty()) return std::nullopt;
    if (is_binary(old.bytes)) {
      return error_outcome({Code::Denied, format("{} exists and is {}; it was left as it is",
                                                 old.path, binary_kind(old.bytes))});
    }
    const char* why = knowledge == Knowledge::None       ? "exists and you have not read it"
                      : knowledge == Knowledge::Outdated ? "has changed since you read it"
                                                         : "was read in part only";
    const Result<View> view = view_of(old.path, old.bytes, {0, 0});
    if (!view) return error_outcome(view.error());
    files_->shown().show(old.path, old.bytes, view->range, count_lines(old.bytes));
    ToolOutcome refusal = error_outcome(
        {Code::Denied, format("{} {}, so nothing was written. Use edit, or write again with what "
                              "must stay of it:\n{}",
                              old.path, why, view->text)});
    refusal.paths_read = {old.path};
    return refusal;
  }

  ToolOutcome write(const std::string& path, const std::string& content,
                    const std::optional<std::string>& old) {
    const auto written = files_->workspace().write(path, content);
    if (!written) return error_outcome(written.error());
    files_->shown().wrote(written->path, content);
    files_->tree_may_have_changed();
    std::string text =
        format("{} {} ({}", old ? "Wrote" : "Created", written->path, size_of(content));
    text += old ? format("; was {}).", size_of(*old)) : ").";
    if (!written->new_directories.empty()) text += new_directory_note(written->new_directories[0]);
    return {.text = std::move(text), .paths_changed = {written->path}};
  }

  // A directory that was made by mistake looks like one that was there.
  std::string new_directory_note(const std::string& directory) const {
    const auto siblings = files_->workspace().list(directory_of(directory));
    std::vector<std::string_view> names;
    if (siblings) {
      for (const Workspace::Name& name : *siblings) {
        if (name.is_directory && name.name != last_name_of(directory)) names.push_back(name.name);
      }
    }
    const auto nearest = closest(last_name_of(directory), names);
    const std::string note = format(" {}/ is a new directory", directory);
    if (!nearest) return note + ".";
    return note + format(", beside {}/.", join_path(directory_of(directory), *nearest));
  }

  std::shared_ptr<WorkFiles> files_;
};

}  // namespace

std::unique_ptr<Tool> make_write_tool(std::shared_ptr<WorkFiles> files) {
  return std::make_unique<WriteTool>(std::move(files));
}

}  // namespace temper::agent
