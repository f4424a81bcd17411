// Looks for a pattern in the files of the workspace.
//
// Our own walk over RE2, not ripgrep: so the answer is the same on every machine, the walls of
// the workspace hold, and no process has to be started.
#include <algorithm>
#include <optional>
#include <utility>

#include "agent/tools/arguments.h"
#include "agent/tools/file_tools.h"
#include "agent/tools/glob.h"
#include "agent/tools/search.h"
#include "agent/tools/text_lines.h"
#include "base/format.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{8} << 20;
constexpr std::size_t kKeptLines = 500;  // of a file

// A way to read the pattern, and how that is said.
struct Reading {
  PatternKind kind = PatternKind::Regex;
  LetterCase letters = LetterCase::Exact;
  std::string_view said = {};
};

// As it is written; where that finds nothing, as text, and without regard to case.
std::vector<Reading> readings_of(std::string_view pattern, bool is_regex) {
  const PatternKind kind = is_regex ? PatternKind::Regex : PatternKind::Literal;
  std::vector<Reading> readings = {{kind, LetterCase::Exact}};
  if (is_regex && pattern.find_first_of("\\^$.|?*+()[]{}") != pattern.npos) {
    readings.push_back({PatternKind::Literal, LetterCase::Exact,
                        "Found as plain text, not as a regular expression: "});
  }
  readings.push_back(
      {kind, LetterCase::Ignored, "Found only where upper and lower case are the same: "});
  return readings;
}

// As ripgrep takes them: a glob without a slash speaks of names at any depth.
std::vector<Glob> globs_of(std::string_view text) {
  std::vector<Glob> globs;
  if (text.empty()) return globs;
  for (std::string pattern : expand_braces(text)) {
    if (pattern.find('/') == pattern.npos) pattern.insert(0, "**/");
    globs.emplace_back(std::string_view(pattern).substr(pattern.starts_with('/') ? 1 : 0));
  }
  return globs;
}

bool fits(const std::vector<Glob>& globs, std::string_view path) {
  return globs.empty() ||
         std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(path); });
}

// All that was found, where not all of it is shown.
std::string whole_of(const std::vector<FileMatches>& files, const std::string& shown) {
  constexpr std::size_t kAll = static_cast<std::size_t>(-1);
  std::string whole = show_matches(files, {kAll, kAll, kAll, 0});
  return whole == shown ? "" : whole;
}

class SearchTool final : public Tool {
 public:
  explicit SearchTool(std::shared_ptr<WorkFiles> files) : files_(std::move(files)) {}

  chat::ToolSpec spec() const override {
    return {"search", "Search files for a regex; skips what .gitignore names.",
            parameters({{"pattern"}, {"?path"}, {"?glob", "string", "such as *.py"}})};
  }

  ToolOutcome call(const Json& arguments, const StopToken& stop) override {
    const std::string pattern = text_argument(arguments, "pattern");
    if (pattern.empty()) return error_outcome({Code::Invalid, "`pattern` is empty"});
    std::string path = text_argument(arguments, "path");
    if (path.empty()) path = ".";
    const std::string glob = text_argument(arguments, "glob");
    const auto candidates = candidates_in(path, globs_of(glob), stop);
    if (!candidates) return files_->refuse(path, candidates.error());

    const auto regex = LinePattern::compile(pattern, PatternKind::Regex, LetterCase::Exact);
    const std::string said =
        regex ? ""
              : format("`pattern` is not a valid regex ({}); it was searched for as plain text. ",
                       regex.error().message);
    for (const Reading& reading : readings_of(pattern, regex.ok())) {
      const auto found = search(*candidates, pattern, reading, stop);
      if (!found) return error_outcome(found.error());
      if (found->empty()) continue;
      const std::string shown = show_matches(*found);
      return {.text = format("{}{}{}", said, reading.said, shown),
              .whole = whole_of(*found, shown)};
    }
    return {.text =
                format("{}No match in {} {}{}{}.", said, candidates->size(),
                       candidates->size() == 1 ? "file" : "files", path == "." ? "" : " of " + path,
                       glob.empty() ? "" : " that fit " + glob)};
  }

 private:
  Result<std::vector<std::string>> candidates_in(const std::string& path,
                                                 const std::vector<Glob>& globs,
                                                 const StopToken& stop) {
    const Workspace::Entry entry = TRY(files_->workspace().look(path));
    if (entry.kind != Workspace::Kind::Directory) return std::vector{entry.path};
    std::vector<std::string> below;
    if (entry.path == ".") {
      below = TRY(files_->listing(stop))->files;
    } else {
      below = TRY(list_files(files_->workspace(), entry.path, stop)).files;
    }
    // A glob is meant from the workspace or from the directory.
    const std::size_t above = entry.path == "." ? 0 : entry.path.size() + 1;
    std::erase_if(below, [&](const std::string& file) {
      return !fits(globs, file) && !fits(globs, std::string_view(file).substr(above));
    });
    return below;
  }

  Result<std::vector<FileMatches>> search(const std::vector<std::string>& candidates,
                                          std::string_view text, const Reading& reading,
                                          const StopToken& stop) const {
    const LinePattern pattern = TRY(LinePattern::compile(text, reading.kind, reading.letters));
    std::vector<FileMatches> all;
    for (const std::string& path : candidates) {
      if (stop.stop_requested()) return stopped_error("searching");
      Result<Workspace::File> file = files_->workspace().read(path, kMaxFileBytes);
      if (!file || is_binary(file->bytes)) continue;
      if (file->bytes.find('\r') != file->bytes.npos) file->bytes = without_returns(file->bytes);
      FileMatches found = find_lines(pattern, path, file->bytes, kKeptLines);
      if (found.count > 0) all.push_back(std::move(found));
    }
    return all;
  }

  std::shared_ptr<WorkFiles> files_;
};

}  // namespace

std::unique_ptr<Tool> make_search_tool(std::shared_ptr<WorkFiles> files) {
  return std::make_unique<SearchTool>(std::move(files));
}

}  // namespace temper::agent
