#include "agent/tools/shown_files.h"

#include <algorithm>

namespace temper::agent {
namespace {

constexpr std::size_t kAllLines = static_cast<std::size_t>(-1);

bool covers(std::vector<LineRange> ranges, std::size_t lines) {
  std::ranges::sort(ranges, {}, &LineRange::first);
  std::size_t next = 1;  // the first line that is not covered
  for (const LineRange& range : ranges) {
    if (range.first <= next) next = std::max(next, range.last + 1);
  }
  return next > lines;
}

}  // namespace

ShownFiles::Shown& ShownFiles::of(const std::string& path, std::string_view bytes) {
  const Sha256Digest digest = sha256(bytes);
  Shown& shown = files_[path];
  if (shown.digest != digest) shown = Shown{digest, {}, {}, false};
  return shown;
}

void ShownFiles::show(const std::string& path, std::string_view bytes, LineRange range,
                      std::size_t lines) {
  Shown& shown = of(path, bytes);
  shown.known.push_back(range);
  shown.stands.push_back(range);
  shown.is_whole = shown.is_whole || covers(shown.known, lines);
}

void ShownFiles::wrote(const std::string& path, std::string_view bytes) {
  Shown& shown = of(path, bytes);
  shown.is_whole = true;
  shown.stands = {{1, kAllLines}};
}

void ShownFiles::edited(const std::string& path, std::string_view before, std::string_view after) {
  const bool was_whole = knowledge(path, before) == Knowledge::Whole;
  of(path, after).is_whole = was_whole;
}

ShownFiles::Knowledge ShownFiles::knowledge(const std::string& path, std::string_view bytes) const {
  const auto shown = files_.find(path);
  if (shown == files_.end()) return Knowledge::None;
  if (shown->second.digest != sha256(bytes)) return Knowledge::Outdated;
  return shown->second.is_whole ? Knowledge::Whole : Knowledge::Part;
}

bool ShownFiles::stands(const std::string& path, std::string_view bytes, LineRange range) const {
  const auto shown = files_.find(path);
  if (shown == files_.end() || shown->second.digest != sha256(bytes)) return false;
  return std::ranges::any_of(shown->second.stands, [&](const LineRange& stands) {
    return stands.first <= range.first && range.last <= stands.last;
  });
}

void ShownFiles::forget(std::string_view path) {
  const auto shown = files_.find(path);
  if (shown != files_.end()) shown->second.stands.clear();
}

void ShownFiles::forget_all() {
  for (auto& [path, shown] : files_) shown.stands.clear();
}

}  // namespace temper::agent
