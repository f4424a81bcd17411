// Every reply of tests/golden/guards/cut is cut, and soon.
#include <doctest/doctest.h>

#include <cstdio>
#include <string>

#include "agent/guard/stream_guard.h"
#include "support/guard_texts.h"

namespace temper::agent {
namespace {

const std::filesystem::path kGuards =
    std::filesystem::path(TEMPER_SOURCE_DIR) / "tests/golden/guards";
constexpr double kBytesPerToken = 4;

TEST_CASE("guard: every endless reply is cut within 8 repeats or 200 tokens") {
  std::size_t count = 0;
  for (const std::filesystem::path& path : files_in(kGuards / "cut")) {
    const Endless endless = read_endless(path, 100000);
    const std::optional<Finding> finding = finding_in(endless.text, endless.channel);
    ++count;
    if (!finding) {
      FAIL_CHECK(endless.name, " is not cut");
      continue;
    }
    CHECK(finding->channel == endless.channel);
    CHECK_MESSAGE(finding->repetition.end > endless.begin, endless.name);
    const auto bytes = static_cast<double>(finding->repetition.end - endless.begin);
    const double repeats = bytes / static_cast<double>(endless.unit_bytes);
    const double tokens = bytes / kBytesPerToken;
    std::printf("%-24s %-9s %7.1f repeats %6.0f tokens  \"%s\"\n", endless.name.c_str(),
                std::string(repetition_kind_name(finding->repetition.kind)).c_str(), repeats,
                tokens, finding->excerpt.c_str());
    // A file that a call writes may hold a lot of what is alike.
    const bool soon =
        endless.channel == Channel::Call ? bytes <= 40000 : repeats <= 9 || tokens <= 200;
    CHECK_MESSAGE(soon, endless.name);
  }
  CHECK(count >= 60);
}

}  // namespace
}  // namespace temper::agent
