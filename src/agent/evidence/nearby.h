// What every search for a path that was meant shares: listings, candidates, and the neighbour
// that does it right.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/evidence/evidence.h"
#include "agent/evidence/source_tree.h"

namespace temper::agent {

constexpr std::size_t kSourceBytes = 256 * 1024;  // read of one file

// Where something failed: a file of the tree, "" where none is known.
struct Site {
  std::string path;
  std::size_t line = 0;  // 0 where it is not known
};

// "src/a.c:3", "src/a.c" without a line.
std::string shown(const Site& site);
// For the text of evidence: what would act on a terminal made visible.
std::string shown(std::string_view path);

// "The folder lib/ holds:" and the whole paths of what stands in it, at most `most`, first those
// whose names are like `wanted`.
std::string folder_listing(const SourceTree& tree, std::string_view folder, std::size_t most = 16,
                           std::string_view wanted = "");

// The deepest folder on the way to `path` that exists; `missing` becomes the name that it lacks.
std::string existing_part(const SourceTree& tree, std::string_view path, std::string& missing);

// The path among `paths` whose last names are most like those of `wanted` (endings of files left
// out where `wanted` has none), at least the last one; the nearest to `near` of equals. Failing
// that, the one whose last name is a slip away.
std::optional<std::string> best_path(const std::vector<std::string>& paths, std::string_view wanted,
                                     std::string_view near);

// The line of a file, from 1, without white space around it; "" where there is none.
std::string line_of(const SourceTree& tree, const Site& site);

// A line of another file of the same language that holds `word` and of which `accepts` says
// that it does the same thing rightly; the nearest file to `site` wins.
struct Neighbour {
  Site site;
  std::string line;
};
std::optional<Neighbour> find_neighbour(
    const SourceTree& tree, const Site& site, std::string_view word,
    const std::function<bool(std::string_view path, std::string_view line)>& accepts);

// Evidence in the making: paragraphs that are left out, from the end on, when they do not fit.
class EvidenceWriter {
 public:
  EvidenceWriter(std::string_view title, const Site& about);

  void add(std::string paragraph);
  Evidence finish() &&;

 private:
  Evidence evidence_;
};

}  // namespace temper::agent
