#include "agent/evidence/nearby.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kNeighboursRead = 300;
constexpr std::size_t kLineBytes = 200;

std::vector<std::string_view> names_of(std::string_view path) {
  std::vector<std::string_view> names;
  for (std::string_view name : split(path, '/')) {
    if (!name.empty() && name != "." && name != "..") names.push_back(name);
  }
  return names;
}

std::size_t common_tail(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> of_a = names_of(a);
  const std::vector<std::string_view> of_b = names_of(b);
  std::size_t common = 0;
  while (common < of_a.size() && common < of_b.size() &&
         of_a[of_a.size() - 1 - common] == of_b[of_b.size() - 1 - common]) {
    ++common;
  }
  return common;
}

// "lib/tags" of "lib/tags.ts".
std::string_view without_ending(std::string_view path) {
  return path.substr(0, path.size() - ending_of(path).size());
}

}  // namespace

std::string shown(std::string_view path) { return printable(path, LineBreaks::Escape); }

std::string shown(const Site& site) {
  return site.line == 0 ? shown(site.path) : format("{}:{}", shown(site.path), site.line);
}

std::string folder_listing(const SourceTree& tree, std::string_view folder, std::size_t most,
                           std::string_view wanted) {
  const std::string beginning = folder.empty() ? "" : shown(folder) + "/";
  std::vector<std::string> held = entries(tree, folder);
  const std::size_t count = held.size();
  if (count > most && !wanted.empty()) {
    const auto is_like = [&](const std::string& name) {
      return stem_of(name) == wanted || closest(wanted, std::vector<std::string_view>{name});
    };
    std::stable_partition(held.begin(), held.end(), is_like);
  }
  if (held.size() > most) held.resize(most);
  std::string text = folder.empty() ? "The root holds:" : format("The folder {} holds:", beginning);
  for (const std::string& name : held) text += "\n  " + beginning + shown(name);
  if (count > most) text += format("\n  ... and {} more", count - most);
  return text;
}

std::string existing_part(const SourceTree& tree, std::string_view path, std::string& missing) {
  std::string folder;
  for (std::string_view part : split(path, '/')) {
    if (part.empty()) continue;
    const std::string next = folder.empty() ? std::string(part) : folder + "/" + std::string(part);
    if (!has_folder(tree, next)) {
      missing = part;
      break;
    }
    folder = next;
  }
  return folder;
}

std::optional<std::string> best_path(const std::vector<std::string>& paths, std::string_view wanted,
                                     std::string_view near) {
  const bool has_ending = !ending_of(wanted).empty();
  const auto compared = [&](std::string_view path) {
    return has_ending ? path : without_ending(path);
  };
  std::optional<std::string> best;
  auto best_rank = std::tuple(std::size_t{0}, false, std::size_t{0});
  for (const std::string& path : paths) {
    const std::size_t common = common_tail(compared(path), wanted);
    if (common == 0) continue;
    const auto rank = std::tuple(common, !is_test_file(path), 1 + shared_folders(path, near));
    if (!best || rank > best_rank) {
      best = path;
      best_rank = rank;
    }
  }
  if (best) return best;
  std::vector<std::string_view> last_names;
  last_names.reserve(paths.size());
  for (const std::string& path : paths) last_names.push_back(name_of(compared(path)));
  const std::optional<std::string_view> spelt = closest(name_of(wanted), last_names);
  if (!spelt) return std::nullopt;
  for (std::size_t each = 0; each < paths.size(); ++each) {
    if (last_names[each] != *spelt) continue;
    if (!best || shared_folders(paths[each], near) > shared_folders(*best, near)) {
      best = paths[each];
    }
  }
  return best;
}

std::string line_of(const SourceTree& tree, const Site& site) {
  if (site.path.empty() || site.line == 0) return "";
  const std::optional<std::string> text = tree.read(site.path, kSourceBytes);
  if (!text) return "";
  const std::vector<std::string_view> lines = lines_of(*text);
  if (site.line > lines.size()) return "";
  return printable(truncate_bytes(trim(lines[site.line - 1]), kLineBytes));
}

std::optional<Neighbour> find_neighbour(
    const SourceTree& tree, const Site& site, std::string_view word,
    const std::function<bool(std::string_view path, std::string_view line)>& accepts) {
  std::vector<std::pair<std::size_t, std::string>> files;  // the fewer shared folders, the later
  for (const std::string& path : tree.paths()) {
    if (path == site.path || language_of(path) != language_of(site.path)) continue;
    files.emplace_back(SIZE_MAX - shared_folders(path, site.path), path);
  }
  std::sort(files.begin(), files.end());
  if (files.size() > kNeighboursRead) files.resize(kNeighboursRead);
  for (const auto& [distance, path] : files) {
    const std::optional<std::string> text = tree.read(path, kSourceBytes);
    if (!text || find_word(*text, word) == text->npos) continue;
    const std::vector<std::string_view> lines = lines_of(*text);
    for (std::size_t each = 0; each < lines.size(); ++each) {
      if (lines[each].size() > 400 || find_word(lines[each], word) == lines[each].npos) continue;
      if (!accepts(path, lines[each])) continue;
      return Neighbour{{path, each + 1}, printable(truncate_bytes(trim(lines[each]), kLineBytes))};
    }
  }
  return std::nullopt;
}

EvidenceWriter::EvidenceWriter(std::string_view title, const Site& about) {
  evidence_.title = truncate_bytes(printable(title, LineBreaks::Escape), kEvidenceBytes / 4);
  evidence_.path = about.path;
  evidence_.first_line = about.line;
}

void EvidenceWriter::add(std::string paragraph) {
  if (paragraph.empty()) return;
  const std::size_t used = evidence_.title.size() + evidence_.text.size() + 2;
  const std::size_t room = used < kEvidenceBytes ? kEvidenceBytes - used : 0;
  paragraph = printable(paragraph);
  if (paragraph.size() > room) {
    // Whole lines only: half a signature or half a path misleads.
    const std::size_t end = paragraph.rfind('\n', room);
    if (end == paragraph.npos || room == 0) return;
    paragraph.resize(end);
  }
  if (!evidence_.text.empty()) evidence_.text += '\n';
  evidence_.text += paragraph;
}

Evidence EvidenceWriter::finish() && { return std::move(evidence_); }

}  // namespace temper::agent
