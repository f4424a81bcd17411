// Replies of every dialect, as files: what the model writes and what is read. However the
// text is divided, the same is read; wherever it is cut, no half of a call is a call.
#include "engine/dialect/reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "base/text.h"
#include "engine/dialect/transcripts_for_tests.h"

namespace temper::engine {
namespace {

constexpr std::string_view kWrites = "=== the model writes\n";
constexpr std::string_view kReads = "\n=== what is read\n";

struct Transcript {
  DialectFamily family = DialectFamily::None;
  std::filesystem::path path = {};
  std::string head = {};
  std::string prompt_end = {};
  chat::StopReason why = chat::StopReason::EndOfTurn;
  std::string written = {};
  std::string expected = {};
};

std::optional<std::string> value_of(std::string_view head, std::string_view key) {
  for (const std::string_view line : split(head, '\n')) {
    if (line.starts_with(key)) return std::string(line.substr(key.size()));
  }
  return {};
}

Transcript read_transcript(DialectFamily family, const std::filesystem::path& path) {
  const std::string file = *read_file(path, 1 << 20);
  const std::size_t writes = file.find(kWrites);
  const std::size_t reads = file.find(kReads);
  REQUIRE_MESSAGE((writes != file.npos && reads != file.npos), path);
  Transcript transcript{.family = family, .path = path, .head = file.substr(0, writes)};
  if (const auto prompt = value_of(transcript.head, "prompt: ")) {
    transcript.prompt_end = *parse_json(*prompt)->string();
  }
  if (value_of(transcript.head, "cut: ")) transcript.why = chat::StopReason::TokenLimit;
  transcript.written = file.substr(writes + kWrites.size(), reads - writes - kWrites.size());
  transcript.expected = file.substr(reads + kReads.size());
  return transcript;
}

std::vector<Transcript> transcripts() {
  std::vector<Transcript> all;
  for (const DialectFamily family : dialect_families()) {
    const auto folder = std::filesystem::path(TEMPER_SOURCE_DIR) / "tests/golden/dialects" /
                        dialect_family_name(family);
    std::vector<std::filesystem::path> paths;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      paths.push_back(file.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) all.push_back(read_transcript(family, path));
  }
  return all;
}

ReaderOptions options_of(const Transcript& transcript, bool markers_are_tokens) {
  ReaderOptions options;
  options.tools = tools_for_tests();
  if (markers_are_tokens) options.control_tokens = marker_texts(transcript.family);
  options.prompt_end = transcript.prompt_end;
  return options;
}

std::string read(const Transcript& transcript, bool markers_are_tokens,
                 const std::function<std::size_t()>& next) {
  const auto pieces = pieces_of(transcript.family, transcript.written, markers_are_tokens);
  return shown_reply(read_reply(standard_dialect(transcript.family),
                                options_of(transcript, markers_are_tokens), divided(pieces, next),
                                transcript.why));
}

TEST_CASE("reader: every transcript is read as its file says, however it is divided") {
  Random random(1);
  std::map<DialectFamily, int> count;
  for (const Transcript& transcript : transcripts()) {
    CAPTURE(transcript.path);
    const std::string whole = read(transcript, true, [] { return std::size_t{1} << 20; });
    if (std::getenv("TEMPER_UPDATE_TRANSCRIPTS") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
      const std::string file =
          transcript.head + std::string(kWrites) + transcript.written + std::string(kReads) + whole;
      CHECK(write_file_atomically(transcript.path, file).ok());
    }
    CHECK(whole == transcript.expected);
    CHECK(read(transcript, true, [] { return std::size_t{1}; }) == whole);
    for (int i = 0; i < 10; ++i) {
      CHECK(read(transcript, true, [&] { return 1 + random.below(9); }) == whole);
    }
    // Where the vocabulary has no tokens for the markers, they are found in the text.
    if (transcript.written.find("«") == std::string::npos) {
      CHECK(read(transcript, false, [] { return std::size_t{1}; }) == whole);
      CHECK(read(transcript, false, [&] { return 1 + random.below(9); }) == whole);
    }
    ++count[transcript.family];
  }
  for (const DialectFamily family : dialect_families()) {
    CAPTURE(dialect_family_name(family));
    CHECK(count[family] >= (family == DialectFamily::None ? 1 : 5));
  }
}

// Of two replies to the same text, one of it cut short: is every call of the shorter one a
// call of the longer one, in the same place?
bool calls_begin_alike(const chat::Reply& shorter, const chat::Reply& longer) {
  const auto few = chat::calls_of(shorter.message);
  const auto many = chat::calls_of(longer.message);
  return few.size() <= many.size() && std::equal(few.begin(), few.end(), many.begin());
}

TEST_CASE("reader: cut at every byte, a reply ends once and has whole calls only") {
  for (const Transcript& transcript : transcripts()) {
    CAPTURE(transcript.path);
    for (const bool tokens : {true, false}) {
      const auto pieces = pieces_of(transcript.family, transcript.written, tokens);
      const ReaderOptions options = options_of(transcript, tokens);
      const Dialect dialect = standard_dialect(transcript.family);
      const chat::Reply whole = read_reply(dialect, options, pieces);
      for (std::size_t cut = 1; cut <= transcript.written.size(); ++cut) {
        const auto shorter = without_end(pieces, cut);
        for (const auto why : {chat::StopReason::EndOfTurn, chat::StopReason::TokenLimit}) {
          const chat::Reply reply = read_reply(dialect, options, shorter, why);
          CHECK(calls_begin_alike(reply, whole));
          // A cut is no error: only what fails whole may fail in part.
          CHECK((reply.done() != nullptr || whole.failed() != nullptr));
        }
      }
    }
  }
}

}  // namespace
}  // namespace temper::engine
