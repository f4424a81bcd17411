#include "agent/evidence/evidence.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/nearby.h"
#include "agent/evidence/scan.h"
#include "agent/evidence/symbols.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kAround = 4;  // lines shown on each side of the one that failed
constexpr std::size_t kProblemsLookedInto = 3;
constexpr std::size_t kBytesRead = 24 * 1024 * 1024;
constexpr std::size_t kLineBytes = 160;

// Reads each file once, and no more than some megabytes in all.
class Reading final : public SourceTree {
 public:
  explicit Reading(const SourceTree& tree) : tree_(tree) {}

  const std::vector<std::string>& paths() const override { return tree_.paths(); }
  std::string root() const override { return tree_.root(); }

  std::optional<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    auto known = read_.find(path);
    if (known == read_.end()) {
      if (bytes_ > kBytesRead) return std::nullopt;
      // What is quoted is text, whatever the file holds.
      std::optional<std::string> bytes = tree_.read(path, kSourceBytes);
      if (bytes && !is_valid_utf8(*bytes)) bytes = make_valid_utf8(*bytes);
      known = read_.emplace(path, std::move(bytes)).first;
      if (known->second) bytes_ += known->second->size();
    }
    if (!known->second) return std::nullopt;
    return std::string(truncate_bytes(*known->second, max_bytes));
  }

 private:
  const SourceTree& tree_;
  mutable std::map<std::string, std::optional<std::string>> read_;
  mutable std::size_t bytes_ = 0;
};

std::vector<TreeFrame> frames_in_tree(const SourceTree& tree, const Problem& problem,
                                      const std::string& directory) {
  std::vector<TreeFrame> frames;
  for (const Frame& frame : problem.frames) {
    std::optional<std::string> path = locate(tree, frame.path, directory);
    if (path) frames.push_back({{std::move(*path), frame.line}, frame.function});
  }
  return frames;
}

// The folders of the tree that the compiler was told to search, and those that usually are.
std::vector<std::string> roots_of_includes(const SourceTree& tree, const Failure& failure,
                                           const std::string& directory) {
  std::vector<std::string> roots;
  const auto add = [&](std::string root) {
    if (!root.empty() && !has_folder(tree, root)) return;
    if (std::find(roots.begin(), roots.end(), root) == roots.end()) {
      roots.push_back(std::move(root));
    }
  };
  const std::string top = tree.root();
  for (std::string_view root : failure.include_roots) {
    if (!top.empty() && root.starts_with(top + "/")) {
      add(std::string(root.substr(top.size() + 1)));
    } else if (root == top) {
      add("");
    } else if (std::optional<std::string> plain = plain_path(directory, root);
               plain && !root.starts_with('/')) {
      add(std::move(*plain));
    }
  }
  return roots;
}

// `shown_already` are lines around which an excerpt was made; one that it holds is not shown twice.
std::optional<Evidence> excerpt(const SourceTree& tree, const Site& site,
                                std::vector<Site>& shown_already) {
  const std::optional<std::string> text = tree.read(site.path, kSourceBytes);
  if (!text || site.line == 0) return std::nullopt;
  const std::vector<std::string_view> lines = lines_of(*text);
  if (site.line > lines.size()) return std::nullopt;
  const auto holds_it = [&](const Site& other) {
    return other.path == site.path && other.line <= site.line + kAround &&
           site.line <= other.line + kAround;
  };
  if (std::any_of(shown_already.begin(), shown_already.end(), holds_it)) return std::nullopt;
  shown_already.push_back(site);
  const std::size_t first = site.line > kAround ? site.line - kAround : 1;
  const std::size_t last = std::min(lines.size(), site.line + kAround);
  EvidenceWriter writer("the lines around " + shown(site), Site{site.path, first});
  for (std::size_t number = first; number <= last; ++number) {
    writer.add(format("{} {:>4} {}", number == site.line ? '>' : ' ', number,
                      truncate_bytes(lines[number - 1], kLineBytes)));
  }
  return std::move(writer).finish();
}

std::optional<Evidence> module_evidence(const SourceTree& tree, const Problem& problem,
                                        const Site& site) {
  switch (language_of(site.path)) {
    case Language::Script: return script_module_evidence(tree, problem, site);
    case Language::Go: return go_module_evidence(tree, problem, site);
    case Language::Rust: return rust_module_evidence(tree, problem, site);
    default: return python_module_evidence(tree, problem, site);
  }
}

std::vector<Evidence> evidence_of(const SourceTree& tree, const Failure& failure,
                                  const Problem& problem, const EvidenceOptions& options,
                                  std::vector<Site>& excerpts) {
  std::vector<Evidence> found;
  const std::vector<TreeFrame> frames = frames_in_tree(tree, problem, options.directory);
  const Site site = frames.empty() ? Site{} : frames.back().site;
  const auto add = [&](std::optional<Evidence> evidence) {
    if (evidence) found.push_back(std::move(*evidence));
  };
  switch (problem.kind) {
    case ProblemKind::MissingModule: add(module_evidence(tree, problem, site)); break;
    case ProblemKind::MissingFile:
      if (language_of(site.path) == Language::C) {
        const std::vector<std::string> roots = roots_of_includes(tree, failure, options.directory);
        add(include_evidence(tree, problem, site, roots));
      } else {
        add(file_evidence(tree, problem, options.directory));
      }
      break;
    case ProblemKind::UnknownSymbol:
      found = symbol_evidence(tree, problem, frames, options.definitions);
      break;
    case ProblemKind::Syntax: break;
    case ProblemKind::WrongArguments:
    case ProblemKind::Assertion:
    case ProblemKind::Other:
      found = call_evidence(tree, problem, frames, options.definitions);
      break;
  }
  if (problem.kind == ProblemKind::MissingModule) return found;
  const bool is_include = language_of(site.path) == Language::C;
  if (problem.kind == ProblemKind::MissingFile && is_include) return found;
  // The caller's line first: it is the one that can be changed.
  if (frames.size() > 1 && !is_test_file(frames[frames.size() - 2].site.path)) {
    add(excerpt(tree, frames[frames.size() - 2].site, excerpts));
  }
  add(excerpt(tree, site, excerpts));
  return found;
}

}  // namespace

std::vector<Evidence> find_evidence(const SourceTree& tree, const Failure& failure,
                                    const EvidenceOptions& options) {
  const Reading reading(tree);
  std::vector<Evidence> all;
  std::set<std::string> texts;
  std::size_t bytes = 0;
  std::size_t looked_into = 0;
  std::vector<Site> excerpts;
  for (const Problem& problem : failure.problems) {
    if (looked_into++ == kProblemsLookedInto) break;
    for (Evidence& evidence : evidence_of(reading, failure, problem, options, excerpts)) {
      if (evidence.text.empty() || texts.contains(evidence.text)) continue;
      const std::size_t more = evidence_text(std::span(&evidence, 1)).size() + 1;
      if (bytes + more > kAllEvidenceBytes) continue;
      bytes += more;
      texts.insert(evidence.text);
      all.push_back(std::move(evidence));
    }
  }
  return all;
}

std::string evidence_text(std::span<const Evidence> evidence) {
  std::string text;
  for (const Evidence& each : evidence) {
    if (!text.empty()) text += "\n\n";
    text += each.title + ":\n" + each.text;
  }
  return text;
}

}  // namespace temper::agent
