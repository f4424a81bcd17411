// What repeats itself with every right is left alone: as text, in thinking, in a call, and
// after other text.
#include <doctest/doctest.h>

#include <cstdio>
#include <string>

#include "agent/guard/stream_guard.h"
#include "base/json.h"
#include "base/utf8.h"
#include "support/guard_texts.h"
#include "support/lookalikes.h"

namespace temper::agent {
namespace {

const std::filesystem::path kRoot = TEMPER_SOURCE_DIR;
constexpr std::string_view kIntroduction =
    "I looked at the code and at the tests. Here is what I found, and what I suggest to do.\n\n";

std::string in_call(std::string_view text) {
  return Json::object({{"path", "file.txt"}, {"text", std::string(text)}}).dump();
}

// Names the ways in which a text is cut; "" where it is not.
std::string cuts_of(std::string_view text) {
  std::string cuts;
  const auto check = [&](std::string_view way, std::string_view given, Channel channel) {
    const std::optional<Finding> finding = finding_in(given, channel);
    if (finding) cuts += std::string(way) + ": " + finding->note + "\n";
  };
  check("text", text, Channel::Text);
  check("thinking", std::string(kIntroduction) + std::string(text), Channel::Thinking);
  check("fenced", "Here it is:\n\n```\n" + std::string(text) + "\n```\n", Channel::Text);
  if (is_valid_utf8(text)) check("call", in_call(text), Channel::Call);
  return cuts;
}

TEST_CASE("guard: lookalikes are kept") {
  std::size_t count = 0;
  std::string everything;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    for (const Lookalike& lookalike : LookalikeMaker(seed).all()) {
      CHECK_MESSAGE(cuts_of(lookalike.text) == "", lookalike.kind, " ", seed);
      if (seed <= 3) everything += lookalike.text + "\n" + std::string(kIntroduction);
      ++count;
    }
  }
  CHECK(cuts_of(everything) == "");
  CHECK(count >= 400);
}

TEST_CASE("guard: texts of people are kept") {
  std::string everything;
  for (const std::filesystem::path& path : files_in(kRoot / "tests/golden/guards/keep")) {
    const std::string text = contents_of(path);
    CHECK_MESSAGE(cuts_of(text) == "", path.filename());
    everything += text;
  }
  CHECK(cuts_of(everything) == "");
}

// Some hundred real texts.
TEST_CASE("guard: the sources, tests and pages of this repository are kept") {
  std::size_t count = 0;
  for (const char* folder :
       {"src", "docs", "fuzz", "bench", "tests/golden/cli", "tests/support", "cmake"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kRoot / folder)) {
      const std::string extension = entry.path().extension().string();
      const bool is_text = extension == ".cpp" || extension == ".h" || extension == ".md" ||
                           extension == ".golden" || extension == ".txt" || extension == ".cmake";
      if (!is_text) continue;
      CHECK_MESSAGE(cuts_of(contents_of(entry.path())) == "", entry.path());
      ++count;
    }
  }
  CHECK(count >= 200);
}

TEST_CASE("guard: a file may have ten thousand similar lines") {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "    {" + std::to_string(i) + ", \"value\", 0, 0, 0},\n";
  CHECK_FALSE(finding_in(in_call(text), Channel::Call));
  CHECK_FALSE(finding_in("```c\n" + text, Channel::Text));
}

}  // namespace
}  // namespace temper::agent
