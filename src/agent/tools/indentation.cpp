#include "agent/tools/indentation.h"

#include <algorithm>
#include <utility>

namespace temper::agent {
namespace {

constexpr std::size_t kSpacesOfTab = 4;

}  // namespace

bool IndentationMap::learn(std::string_view written, std::string_view real) {
  const auto [place, is_new] = real_.emplace(written, real);
  return is_new || place->second == real;
}

std::string IndentationMap::real_of(std::string_view written) const {
  if (const auto known = real_.find(written); known != real_.end()) return known->second;
  if (real_.empty()) return std::string(written);

  // Deeper than a known one: the longest that it begins with.
  const std::pair<const std::string, std::string>* longest = nullptr;
  for (const auto& known : real_) {
    const bool begins = written.starts_with(known.first);
    if (begins && (!longest || known.first.size() > longest->first.size())) longest = &known;
  }
  if (longest) return longest->second + translate_rest(written.substr(longest->first.size()));

  // Less deep than all: as much is taken off the shallowest as it is shallower.
  const auto shallowest =
      std::ranges::min_element(real_, {}, [](const auto& known) { return known.first.size(); });
  const std::string rest =
      translate_rest(std::string_view(shallowest->first)
                         .substr(std::min(written.size(), shallowest->first.size())));
  const std::string& real = shallowest->second;
  return real.substr(0, real.size() - std::min(rest.size(), real.size()));
}

// More indentation in the file's own kind: tabs where its known indentations have nothing
// else, and spaces where they have no tab.
std::string IndentationMap::translate_rest(std::string_view rest) const {
  bool real_has_tab = false;
  bool real_has_space = false;
  std::size_t unit = 0;  // how many spaces the model wrote where the file has a tab more
  for (const auto& [written, real] : real_) {
    real_has_tab = real_has_tab || real.find('\t') != real.npos;
    real_has_space = real_has_space || real.find(' ') != real.npos;
    const bool only_spaces = written.find('\t') == written.npos;
    const bool only_tabs = real.find_first_not_of('\t') == real.npos;
    if (only_spaces && only_tabs && !real.empty() && written.size() % real.size() == 0) {
      unit = std::max(unit, written.size() / real.size());
    }
  }
  if (unit == 0) unit = kSpacesOfTab;
  std::string translated;
  if (real_has_tab && !real_has_space && rest.find('\t') == rest.npos) {
    translated.assign(rest.size() / unit, '\t');
    translated.append(rest.size() % unit, ' ');
    return translated;
  }
  if (real_has_space && !real_has_tab) {
    for (const char blank : rest) translated.append(blank == '\t' ? kSpacesOfTab : 1, ' ');
    return translated;
  }
  return std::string(rest);
}

}  // namespace temper::agent
