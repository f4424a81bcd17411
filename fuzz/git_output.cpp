// Whatever git prints, or something that passes for it: what is read of it is in order, and
// can be used as it is.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "agent/git/git.h"
#include "agent/git/status.h"
#include "base/verify.h"
#include "support/error_message.h"

namespace {

using namespace temper;
using namespace temper::agent;

void check_status(std::string_view output) {
  const Result<StatusReport> report = parse_status(output);
  if (!report) {
    testing::check_message(report.error().message, 2000);
    return;
  }
  const std::string* before = nullptr;
  for (const Change& change : report->changes) {
    VERIFY(!change.path.empty() && change.path.back() != '/', "a change is of a file");
    VERIFY(output.find(change.path) != output.npos, "paths are git's bytes");
    VERIFY(change.path.find('\0') == change.path.npos, "a path ends where git ends it");
    VERIFY(before == nullptr || *before < change.path, "paths are in order, each once");
    before = &change.path;
  }
}

void check_settings(std::string_view output) {
  const GitSettings settings = parse_git_settings(output);
  const auto ends = static_cast<std::size_t>(std::count(output.begin(), output.end(), '\0'));
  VERIFY(settings.all.size() == ends + (output.empty() || output.back() == '\0' ? 0 : 1),
         "each entry is a setting");
  for (const GitSetting& setting : settings.all) {
    VERIFY(setting.key.find('\n') == setting.key.npos, "a key is one line");
    VERIFY(settings.find(setting.key).has_value(), "what is there is found");
  }
  if (!settings.all.empty()) {
    VERIFY(settings.find(settings.all.back().key) == settings.all.back().value, "the last counts");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_status(input);
  check_settings(input);
  return 0;
}
