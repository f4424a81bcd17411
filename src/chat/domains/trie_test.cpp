#include "chat/domains/trie.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "chat/domains/words.h"
#include "support/domains.h"

namespace temper::chat {
namespace {

std::string random_word(Random& random, std::string_view alphabet, std::size_t max_bytes) {
  std::string word;
  for (std::size_t left = random.below(max_bytes + 1); left > 0; --left) {
    word += alphabet[random.below(alphabet.size())];
  }
  return word;
}

TEST_CASE("words: a member is one of the list, and nothing else is begun") {
  const Words words({"read", "read_file", "run", "größe"});
  CHECK(contains(words, "read"));
  CHECK(contains(words, "read_file"));
  CHECK(contains(words, "größe"));
  CHECK_FALSE(contains(words, "read_"));
  CHECK(read(words, "read_") != Domain::kDead);
  CHECK(read(words, "rx") == Domain::kDead);
  CHECK(read(words, "runs") == Domain::kDead);
  CHECK(Words({}).start(0) == Domain::kDead);
  CHECK(contains(Words({""}), ""));
  CHECK(Words({"\xFF"}).start(0) == Domain::kDead);
}

TEST_CASE("words: agree with a set on every text over a small alphabet") {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    std::set<std::string> set;
    for (std::size_t left = random.below(12); left > 0; --left) {
      set.insert(random_word(random, "ab", 5));
    }
    const Words words(std::vector<std::string>(set.begin(), set.end()));
    const auto is_beginning = [&](std::string_view text) {
      return std::any_of(set.begin(), set.end(),
                         [&](const std::string& word) { return word.starts_with(text); });
    };
    const auto is_member = [&](std::string_view text) { return set.contains(std::string(text)); };
    CHECK(disagreement(words, "ab", 6, is_member, is_beginning) == "");
  }
}

TEST_CASE("trie: keeps words sorted and once, and gives back what was read") {
  const Trie trie({"b", "ab", "a", "b", "\xC0"});
  REQUIRE(trie.size() == 3);
  CHECK(trie.word(0) == "a");
  CHECK(trie.word(1) == "ab");
  CHECK(trie.word(2) == "b");
  const std::optional<Trie::Position> a = trie.step({}, 'a');
  REQUIRE(a);
  CHECK(trie.word_at(*a) == 0);
  CHECK(trie.text_at(*trie.step(*a, 'b')) == "ab");
  CHECK_FALSE(trie.step(*a, 'a'));
}

}  // namespace
}  // namespace temper::chat
