#include "agent/evidence/ctags.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/evidence/scan.h"
#include "base/run_process.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMostFiles = 100;
constexpr std::size_t kTagsBytes = 4 * 1024 * 1024;

}  // namespace

CtagsDefinitions::CtagsDefinitions(std::string program, std::string root,
                                   std::chrono::milliseconds time_limit)
    : program_(std::move(program)), root_(std::move(root)), time_limit_(time_limit) {}

std::vector<SymbolPlace> CtagsDefinitions::find(std::string_view symbol,
                                                std::span<const std::string> files) const {
  std::string listing;  // by input, so that no name of a file passes for an option
  std::size_t count = 0;
  for (const std::string& path : files) {
    if (path.find('\n') != path.npos || count++ == kMostFiles) break;
    listing += "./" + path + "\n";
  }
  ProcessSpec spec;
  spec.argv = {program_,       "--options=NONE",
               "--links=no",   "--sort=no",
               "--fields=+n",  "--map-python=+.pyi",
               "--kinds-C=+p", "--kinds-C++=+p",
               "-f",           "-",
               "-L",           "-"};
  spec.environment = Environment();
  spec.directory = root_;
  spec.input = InputFrom::Us;
  RunLimits limits;
  limits.time = time_limit_;
  limits.head_bytes = kTagsBytes;
  limits.tail_bytes = 0;
  const Result<ProcessResult> ran = run_process(spec, listing, limits);
  if (!ran || !ran->success() || !ran->output.is_complete()) return {};
  return read_tags(ran->output.text(), symbol);
}

std::vector<SymbolPlace> read_tags(std::string_view tags, std::string_view symbol) {
  std::vector<SymbolPlace> places;
  for (std::string_view line : lines_of(tags)) {
    const std::vector<std::string_view> fields = split(line, '\t');
    if (fields.size() < 4 || fields[0] != symbol) continue;
    std::string_view path = fields[1];
    take(path, "./");
    // Behind the pattern, which may hold tabs itself.
    const auto number = std::find_if(fields.rbegin(), fields.rend(), [](std::string_view field) {
      return field.starts_with("line:");
    });
    if (number == fields.rend()) continue;
    std::string_view digits = number->substr(5);
    const std::optional<std::size_t> at = take_number(digits);
    SymbolPlace place{std::string(path), at.value_or(0)};
    if (place.line > 0 && std::find(places.begin(), places.end(), place) == places.end()) {
      places.push_back(std::move(place));
    }
  }
  return places;
}

}  // namespace temper::agent
