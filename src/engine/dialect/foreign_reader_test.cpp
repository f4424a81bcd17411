// A labelled set of texts: which hold calls, and which only look so.
#include "engine/dialect/foreign_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "base/utf8.h"
#include "engine/dialect/transcripts_for_tests.h"

namespace temper::engine {
namespace {

struct Labelled {
  std::string name;  // "calls_json.txt: alone"
  std::string text;
  std::string expected;  // a line for each call; "none"
};

std::vector<Labelled> labelled_texts() {
  const auto folder = std::filesystem::path(TEMPER_SOURCE_DIR) / "tests/golden/foreign_calls";
  std::vector<std::filesystem::path> paths;
  for (const auto& file : std::filesystem::directory_iterator(folder)) paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Labelled> all;
  for (const auto& path : paths) {
    const std::string file = *read_file(path, 1 << 20);
    bool in_text = false;
    for (const std::string_view line : split(file, '\n')) {
      if (line.starts_with("=== ")) {
        all.push_back({path.filename().string() + ": " + std::string(line.substr(4)), {}, {}});
        in_text = true;
      } else if (line.starts_with("=> ")) {
        all.back().expected += std::string(line.substr(3)) + "\n";
        in_text = false;
      } else if (in_text) {
        all.back().text += std::string(line) + "\n";
      }
    }
  }
  return all;
}

chat::Reply read(std::string_view text, const std::function<std::size_t()>& next,
                 chat::StopReason why = chat::StopReason::EndOfTurn) {
  ForeignReader reader(tools_for_tests());
  chat::ReplyCollector collector;
  const auto take = [&](const std::vector<chat::StreamEvent>& events) {
    for (const chat::StreamEvent& event : events) {
      CHECK(collector.add(event) == chat::Flow::Continue);
    }
  };
  while (!text.empty()) {
    const std::size_t length = std::min(text.size(), next());
    take(reader.add(text.substr(0, length)));
    text.remove_prefix(length);
  }
  const ReadEnd end = reader.finish(why);
  CHECK(!end.failure);
  take(end.events);
  collector.add(chat::Done{end.reason, {}});
  return collector.finish();
}

std::size_t whole() { return std::size_t{1} << 20; }

std::string shown_calls(const chat::Reply& reply) {
  std::string shown;
  for (const chat::ToolCall& call : chat::calls_of(reply.message)) {
    shown += call.name + " " + parse_json(call.arguments)->dump() + "\n";
  }
  return shown.empty() ? "none\n" : shown;
}

// The expected lines with the arguments in the same white space.
std::string compact(std::string_view expected) {
  std::string shown;
  for (const std::string_view line : split(trim(expected), '\n')) {
    const std::size_t space = line.find(' ');
    if (space == line.npos) return std::string(line) + "\n";
    shown += std::string(line.substr(0, space + 1)) + parse_json(line.substr(space))->dump() + "\n";
  }
  return shown;
}

TEST_CASE("foreign: the labelled texts, with no false call and next to none missed") {
  std::size_t texts_with_calls = 0;
  std::size_t right = 0;
  std::size_t decoys = 0;
  for (const Labelled& one : labelled_texts()) {
    const std::string found = shown_calls(read(one.text, whole));
    if (one.expected == "none\n") {
      ++decoys;
      CHECK_MESSAGE(found == "none\n", one.name);
      continue;
    }
    ++texts_with_calls;
    if (found == compact(one.expected)) {
      ++right;
    } else {
      MESSAGE("missed: " << one.name << "\n" << one.text << "found " << found);
    }
  }
  CHECK(texts_with_calls + decoys >= 150);
  CHECK(decoys >= texts_with_calls);
  CHECK(right * 100 >= texts_with_calls * 98);
}

TEST_CASE("foreign: the same is read however the text is divided") {
  Random random(7);
  for (const Labelled& one : labelled_texts()) {
    CAPTURE(one.name);
    const chat::Reply reply = read(one.text, whole);
    CHECK(read(one.text, [] { return std::size_t{1}; }) == reply);
    CHECK(read(one.text, [&] { return 1 + random.below(20); }) == reply);
  }
}

TEST_CASE("foreign: a text without calls is said once and whole, wherever it ends") {
  for (const Labelled& one : labelled_texts()) {
    CAPTURE(one.name);
    if (one.text.find("<think>") != std::string::npos) continue;
    for (std::size_t length = 0; length <= one.text.size(); ++length) {
      const std::string_view text = drop_split_end(std::string_view(one.text).substr(0, length));
      const chat::Reply reply = read(text, whole);
      if (!chat::calls_of(reply.message).empty()) continue;
      CHECK(trim(chat::text_of(reply.message)) == trim(text));
    }
  }
}

TEST_CASE("foreign: cut anywhere, there are no halves of calls") {
  for (const Labelled& one : labelled_texts()) {
    CAPTURE(one.name);
    if (one.expected == "none\n") continue;
    const std::string expected = compact(one.expected);
    for (std::size_t length = 0; length < one.text.size(); ++length) {
      const chat::Reply reply =
          read(std::string_view(one.text).substr(0, length), whole, chat::StopReason::TokenLimit);
      const std::string found = shown_calls(reply);
      if (found != "none\n") CHECK(expected.starts_with(found));
      CHECK(reply.done() != nullptr);
    }
  }
}

}  // namespace
}  // namespace temper::engine
