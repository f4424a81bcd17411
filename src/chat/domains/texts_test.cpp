// The index of a text, and the domains over it.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "base/utf8.h"
#include "chat/domains/path_set.h"
#include "chat/domains/suffix_array.h"
#include "chat/domains/text_of.h"
#include "chat/domains/text_of_file.h"
#include "support/domains.h"

namespace temper::chat {
namespace {

std::string random_text(Random& random, const std::vector<std::string>& pieces, std::size_t count) {
  std::string text;
  for (; count > 0; --count) text += pieces[random.below(pieces.size())];
  return text;
}

std::size_t occurrences(std::string_view text, std::string_view piece) {
  std::size_t count = 0;
  for (std::size_t at = text.find(piece); at != text.npos; at = text.find(piece, at + 1)) ++count;
  return count;
}

TextOf text_domain(std::string_view text, Occurrence occurrence) {
  return TextOf(std::make_shared<const TextIndex>(*TextIndex::build(text)), occurrence);
}

TEST_CASE("suffixes: in the order that comparing them gives") {
  Random random(1);
  const auto check = [](std::vector<std::uint8_t> symbols) {
    symbols.push_back(0);
    std::vector<std::int32_t> expected(symbols.size());
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int32_t>(i);
    std::sort(expected.begin(), expected.end(), [&](std::int32_t a, std::int32_t b) {
      return std::lexicographical_compare(symbols.begin() + a, symbols.end(), symbols.begin() + b,
                                          symbols.end());
    });
    CHECK(sort_suffixes(symbols) == expected);
  };
  check({});
  check({1});
  check(std::vector<std::uint8_t>(300, 1));
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t alphabet = 1 + random.below(round % 10 == 0 ? 250 : 4);
    std::vector<std::uint8_t> symbols(random.below(80));
    for (std::uint8_t& symbol : symbols)
      symbol = static_cast<std::uint8_t>(1 + random.below(alphabet));
    check(symbols);
  }
}

TEST_CASE("text: members are what occurs, and what occurs once") {
  const TextOf once = text_domain("int a;\r\nint b;\r\n", Occurrence::Once);
  const TextOf any = text_domain("int a;\r\nint b;\r\n", Occurrence::Any);
  CHECK(contains(any, "int"));
  CHECK_FALSE(contains(once, "int"));
  CHECK(read(once, "int ") != Domain::kDead);
  CHECK(contains(once, "int b;"));
  CHECK(contains(once, ";\r\nint"));
  CHECK(read(any, ";\n") == Domain::kDead);
  CHECK(read(any, "int c") == Domain::kDead);
  CHECK_FALSE(contains(any, ""));
  CHECK_FALSE(contains(text_domain("aaa", Occurrence::Once), "aa"));
  CHECK(text_domain("", Occurrence::Any).start(0) == Domain::kDead);
}

TEST_CASE("text: a member is whole characters") {
  const TextOf any = text_domain("größe: ö", Occurrence::Any);
  CHECK(contains(any, "ö"));
  CHECK(contains(any, "größe"));
  CHECK(read(any, "\xC3") != Domain::kDead);
  CHECK_FALSE(contains(any, "gr\xC3"));
  CHECK(read(any, "\xB6") == Domain::kDead);
}

TEST_CASE("text: agrees with searching, on every piece over small alphabets") {
  Random random(2);
  const std::vector<std::string> letters[] = {
      {"a"}, {"a", "b"}, {"a", "b", "\n"}, {"ö", "ä", "a", "€", "\xF0\x9F\x98\x80"}};
  const std::string_view alphabets[] = {"ab", "abc", "ab\n",
                                        "\xC3\xB6\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"};
  for (int round = 0; round < 400; ++round) {
    const std::size_t kind = random.below(4);
    const std::string text =
        random_text(random, letters[kind], 1 + random.below(round % 40 == 0 ? 700 : 30));
    const auto is_piece = [&](std::string_view piece) {
      return !piece.empty() && is_valid_utf8(piece) && text.find(piece) != text.npos;
    };
    const auto is_beginning = [&](std::string_view piece) {
      return text.find(piece) != text.npos &&
             (piece.empty() || (static_cast<std::uint8_t>(piece[0]) & 0xC0) != 0x80);
    };
    CHECK(disagreement(text_domain(text, Occurrence::Any), alphabets[kind], 7, is_piece,
                       is_beginning) == "");
    CHECK(disagreement(
              text_domain(text, Occurrence::Once), alphabets[kind], 7,
              [&](std::string_view piece) {
                return is_piece(piece) && occurrences(text, piece) == 1;
              },
              is_beginning) == "");
  }
}

TEST_CASE("text: counts are right in long texts, whose blocks have seams") {
  Random random(3);
  const std::string text = random_text(random, {"ab", "a", "xyz ", "ö", "\n"}, 70000);
  const Result<TextIndex> index = TextIndex::build(text);
  REQUIRE(index.ok());
  for (int round = 0; round < 300; ++round) {
    std::size_t begin = random.below(text.size() - 20);
    std::string piece = text.substr(begin, 1 + random.below(20));
    if (round % 3 == 0) piece.back() = static_cast<char>('a' + random.below(26));
    TextIndex::Range range = index->whole();
    for (const char byte : piece) {
      if (range.count() > 0) range = index->step(range, static_cast<std::uint8_t>(byte));
    }
    CHECK(range.count() == occurrences(text, piece));
  }
}

TEST_CASE("text: no state is a dead end, also where members occur once") {
  Random random(4);
  for (int round = 0; round < 300; ++round) {
    const std::string text = random_text(random, {"a", "b", "ö"}, 1 + random.below(40));
    CHECK(dead_end(text_domain(text, Occurrence::Once), random, 60) == "");
    CHECK(dead_end(text_domain(text, Occurrence::Any), random, 60) == "");
  }
  CHECK(dead_end(text_domain(std::string(5000, 'a'), Occurrence::Once), random, 10) == "");
}

TEST_CASE("text: what cannot be indexed is said") {
  const auto message = [](std::string_view text) { return TextIndex::build(text).error(); };
  CHECK(message("a\xFF") ==
        Error{Code::Invalid, "the text is not valid UTF-8, so no piece of it can be named"});
  CHECK(message(std::string((8 << 20) + 1, 'a')) ==
        Error{Code::Limit,
              "a text of 8,388,609 bytes is too large to be indexed; at most 8,388,608 are"});
}

TEST_CASE("cache: one index per content, the oldest forgotten beyond the budget") {
  const std::size_t one = TextIndex::build(std::string(1000, 'a'))->memory_bytes();
  TextCache cache(2 * one + 100);
  const auto a = *cache.index_of(std::string(1000, 'a'));
  const auto b = *cache.index_of(std::string(1000, 'b'));
  CHECK(*cache.index_of(std::string(1000, 'a')) == a);
  CHECK(cache.memory_bytes() == 2 * one);
  const auto c = *cache.index_of(std::string(1000, 'c'));
  CHECK(cache.memory_bytes() == 2 * one);
  CHECK(*cache.index_of(std::string(1000, 'a')) == a);
  CHECK(*cache.index_of(std::string(1000, 'b')) != b);
  CHECK(cache.index_of(std::string(100000, 'd')).error().code == Code::Limit);
}

struct Files {
  std::vector<std::pair<std::string, std::string>> texts;
  std::atomic<int> loads{0};

  std::shared_ptr<const ExistingPath> paths() const {
    PathSet set;
    for (const auto& [path, text] : texts) set.add(path);
    return std::make_shared<const ExistingPath>(set.snapshot());
  }
  TextOfFile::Load load() {
    return [this](std::string_view asked) -> Result<std::string> {
      ++loads;
      for (const auto& [path, text] : texts) {
        if (path == asked && text != "unreadable") return text;
      }
      return Error{Code::NotFound, "gone"};
    };
  }
};

TEST_CASE("text of a file: the file is the one that was named") {
  Files files{{{"a.c", "int a; int x;"}, {"b.c", "int b;"}}};
  const auto paths = files.paths();
  const TextOfFile domain(paths, files.load(), std::make_shared<TextCache>(1 << 20),
                          Occurrence::Once);
  const Domain::State a = read(*paths, "./a.c");
  const Domain::State b = read(*paths, "b.c");
  CHECK(contains(domain, "int a", a));
  CHECK_FALSE(contains(domain, "int", a));
  CHECK(contains(domain, "int", b));
  CHECK(read(domain, "int b", a) == Domain::kDead);
  CHECK(contains(domain, "int b", b));
  CHECK(files.loads == 2);
  Random random(5);
  CHECK(dead_end(domain, random, 20, a) == "");
}

TEST_CASE("text of a file: a file without a text that could be held to lets everything pass") {
  Files files{{{"empty", ""}, {"latin", "\xE9"}, {"gone", "unreadable"}}};
  const auto paths = files.paths();
  const TextOfFile domain(paths, files.load(), std::make_shared<TextCache>(1 << 20),
                          Occurrence::Any);
  for (const std::string_view path : {"empty", "latin", "gone", ""}) {
    const Domain::State given = read(*paths, path);
    CHECK(contains(domain, "any größe\n", given));
    CHECK_FALSE(contains(domain, "", given));
    CHECK_FALSE(contains(domain, "gr\xC3", given));
    CHECK(read(domain, "\xFF", given) == Domain::kDead);
  }
}

TEST_CASE("text of a file: files beyond those that one request can hold let everything pass") {
  Files files;
  for (int i = 0; i < 70; ++i)
    files.texts.emplace_back("f" + std::to_string(i), "text " + std::to_string(i));
  const auto paths = files.paths();
  const TextOfFile domain(paths, files.load(), std::make_shared<TextCache>(1 << 20),
                          Occurrence::Any);
  int bound = 0;
  for (const auto& [path, text] : files.texts) {
    const Domain::State given = read(*paths, path);
    CHECK(contains(domain, text, given));
    bound += contains(domain, "other", given) ? 0 : 1;
  }
  CHECK(bound == 64);
}

TEST_CASE("text of a file: read from several threads at once") {
  Files files;
  for (int i = 0; i < 8; ++i)
    files.texts.emplace_back("f" + std::to_string(i), "text " + std::to_string(i));
  const auto paths = files.paths();
  const auto cache = std::make_shared<TextCache>(1 << 20);
  const TextOfFile domain(paths, files.load(), cache, Occurrence::Once);
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (const auto& [path, text] : files.texts) {
          right += contains(domain, text, read(*paths, path)) ? 1 : 0;
        }
      });
    }
  }
  CHECK(right == 32);
  CHECK(files.loads == 8);
}

}  // namespace
}  // namespace temper::chat
