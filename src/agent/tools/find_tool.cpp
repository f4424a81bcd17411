// Lists files by their names.
#include <utility>

#include "agent/tools/arguments.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/find.h"
#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxShown = 60;

class FindTool final : public Tool {
 public:
  explicit FindTool(std::shared_ptr<WorkFiles> files) : files_(std::move(files)) {}

  chat::ToolSpec spec() const override {
    return {"find", "Find files by glob or part of their path.", parameters({{"pattern"}})};
  }

  ToolOutcome call(const Json& arguments, const StopToken& stop) override {
    const std::string pattern = text_argument(arguments, "pattern");
    const auto listing = files_->listing(stop);
    if (!listing) return error_outcome(listing.error());
    std::vector<std::string> paths = (*listing)->files;
    for (const std::string& directory : (*listing)->directories) paths.push_back(directory + "/");

    std::vector<std::string> found = find_paths(paths, pattern);
    if (found.empty()) return nothing_found(pattern, paths);
    if (found.size() <= kMaxShown) return {.text = join(found, "\n") + "\n"};
    std::string whole = join(found, "\n") + "\n";
    const std::size_t more = found.size() - kMaxShown;
    found.resize(kMaxShown);
    return {.text = format("{}\n[... {} more]\n", join(found, "\n"), more),
            .whole = std::move(whole)};
  }

 private:
  static ToolOutcome nothing_found(std::string_view pattern,
                                   const std::vector<std::string>& paths) {
    const std::vector<std::string_view> candidates(paths.begin(), paths.end());
    std::vector<std::string_view> names;
    names.reserve(candidates.size());
    for (const std::string_view path : candidates) names.push_back(last_name_of(path));
    std::string guess = did_you_mean(pattern, candidates);
    if (guess.empty()) guess = did_you_mean(pattern, names);
    return {.text = format("No such name among the {} that .gitignore does not leave out.{}",
                           paths.size(), guess)};
  }

  std::shared_ptr<WorkFiles> files_;
};

}  // namespace

std::unique_ptr<Tool> make_find_tool(std::shared_ptr<WorkFiles> files) {
  return std::make_unique<FindTool>(std::move(files));
}

}  // namespace temper::agent
