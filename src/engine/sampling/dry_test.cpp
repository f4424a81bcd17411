#include "engine/sampling/dry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "base/format.h"
#include "base/random.h"
#include "engine/sampling/logits.h"

namespace temper::engine {
namespace {

// Tokens as letters, to be read: 'a' is token 0.
std::vector<TokenId> tokens(std::string_view letters) {
  std::vector<TokenId> ids;
  for (char letter : letters) ids.push_back(letter - 'a');
  return ids;
}

// "d3 e2": the tokens that would go on with a repetition, and how long it is.
std::string repetitions(std::string_view history, const std::vector<std::string>& breakers = {},
                        std::uint32_t allowed_length = 2,
                        std::optional<std::uint32_t> last_n = {}) {
  DrySettings settings{.allowed_length = allowed_length, .last_n = last_n, .sequence_breakers = {}};
  for (const std::string& breaker : breakers) settings.sequence_breakers.push_back(tokens(breaker));
  std::string text;
  for (const Repetition& repetition : find_repetitions(tokens(history), settings)) {
    text += format("{}{}{}", text.empty() ? "" : " ", static_cast<char>('a' + repetition.next),
                   repetition.length);
  }
  return text;
}

TEST_CASE("sampling dry: what followed the same words before is found") {
  CHECK(repetitions("") == "");
  CHECK(repetitions("abc") == "");
  CHECK(repetitions("abcdabc") == "d3");
  CHECK(repetitions("abcdxbc") == "d2");
  CHECK(repetitions("abcdxyc") == "");
  CHECK(repetitions("abcdxyc", {}, 1) == "d1");
  // The longest for each token, and every token.
  CHECK(repetitions("abcd.bcd.bce.abc") == "d3 e2");
  CHECK(repetitions("abcd.abce-abc") == "d3 e3");
  // Occurrences may overlap.
  CHECK(repetitions("aaaa") == "a3");
  CHECK(repetitions("ababab") == "a4");
}

TEST_CASE("sampling dry: only the last tokens are searched") {
  CHECK(repetitions("abcdabc", {}, 2, 7) == "d3");
  CHECK(repetitions("abcdabc", {}, 2, 6) == "d2");
  CHECK(repetitions("abcdabc", {}, 2, 5) == "");
  CHECK(repetitions("abcdabc", {}, 2, 0) == "");
}

TEST_CASE("sampling dry: a repetition begins anew after a breaker") {
  CHECK(repetitions("abxcdabxc") == "d4");
  CHECK(repetitions("abxcdabxc", {"x"}) == "");
  CHECK(repetitions("abxcdabxc", {"x"}, 1) == "d1");
  CHECK(repetitions("abxcdefabxcde", {"x"}) == "f3");
  // A sequence breaks where it stands whole.
  CHECK(repetitions("abxycdeabxycd", {"xy"}) == "e2");
  CHECK(repetitions("abxycdeabxycd", {"xz"}) == "e6");
  CHECK(repetitions("abxycdeabxycd", {"xy", "c"}, 1) == "e1");
  CHECK(repetitions("abcabc", {"c"}, 1) == "");
  // What is before the window breaks nothing.
  CHECK(repetitions("xyabcab", {"xy"}, 2, 6) == "c2");
}

TEST_CASE("sampling dry: no length is allowed at 0, and a repetition has a token at least") {
  CHECK(repetitions("abca", {}, 0) == "b1");
  CHECK(repetitions("abcd", {}, 0) == "");
}

TEST_CASE("sampling dry: the penalty grows with the length, and spares what breaks") {
  const std::vector<float> logits(6, 1.0F);
  const auto penalised = [&](std::string_view history, const DrySettings& settings) {
    std::vector<float> changed = logits;
    apply_dry(changed, tokens(history), settings);
    return changed;
  };
  CHECK(penalised("abcdabc", {}) == logits);
  CHECK(penalised("abcdabc", {.multiplier = 0.5F, .base = 2}) ==
        std::vector<float>{1, 1, 1, 0, 1, 1});
  CHECK(penalised("abcdebcfabc", {.multiplier = 0.5F, .base = 2}) ==
        std::vector<float>{1, 1, 1, 0, 1, 0.5F});
  CHECK(penalised("abcdebcfabc", {.multiplier = 0.5F, .base = 2, .allowed_length = 1}) ==
        std::vector<float>{1, 1, 1, -1, 1, 0});
  CHECK(penalised("abcdebcfabc",
                  {.multiplier = 0.5F, .base = 2, .sequence_breakers = {tokens("d")}}) ==
        std::vector<float>{1, 1, 1, 1, 1, 0.5F});
  CHECK(
      penalised("abcdabc", {.multiplier = 0.5F, .base = 2, .sequence_breakers = {tokens("de")}}) ==
      std::vector<float>{1, 1, 1, 0, 1, 1});
  // However long a loop, it is a number.
  CHECK(penalised(std::string(5000, 'a'), {.multiplier = 1}).at(0) ==
        -std::numeric_limits<float>::max());
}

// The definition: for each place, how long the end of the history also ends there.
std::vector<Repetition> naive(const std::vector<TokenId>& history, const DrySettings& settings) {
  const std::size_t seen = std::min<std::size_t>(history.size(), settings.last_n.value_or(9999));
  const std::vector<TokenId> window(history.end() - static_cast<std::ptrdiff_t>(seen),
                                    history.end());
  std::size_t longest = window.size();
  for (const std::vector<TokenId>& breaker : settings.sequence_breakers) {
    for (std::size_t i = 0; i + breaker.size() <= window.size(); ++i) {
      const auto place = window.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::equal(breaker.begin(), breaker.end(), place)) {
        longest = std::min(longest, window.size() - i - breaker.size());
      }
    }
  }
  std::map<TokenId, std::uint32_t> lengths;
  for (std::size_t next = 1; next < window.size(); ++next) {
    std::uint32_t length = 0;
    while (length < next && length < longest &&
           window[next - 1 - length] == window[window.size() - 1 - length]) {
      ++length;
    }
    if (length >= std::max(settings.allowed_length, 1U)) {
      lengths[window[next]] = std::max(lengths[window[next]], length);
    }
  }
  std::vector<Repetition> found;
  found.reserve(lengths.size());
  for (const auto& [token, length] : lengths) found.push_back({token, length});
  return found;
}

TEST_CASE("sampling dry: on random histories it agrees with its definition") {
  Random random(5);
  std::size_t found = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t letters = 1 + random.below(4);
    const auto random_tokens = [&](std::size_t count) {
      std::vector<TokenId> ids(count);
      for (TokenId& id : ids) id = static_cast<TokenId>(random.below(letters));
      return ids;
    };
    const std::vector<TokenId> history = random_tokens(random.below(40));
    DrySettings settings{.allowed_length = static_cast<std::uint32_t>(random.below(4)),
                         .sequence_breakers = {}};
    if (random.below(2) == 0) settings.last_n = static_cast<std::uint32_t>(random.below(45));
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      settings.sequence_breakers.push_back(random_tokens(1 + random.below(4)));
    }
    const std::vector<Repetition> repetitions = find_repetitions(history, settings);
    REQUIRE(repetitions == naive(history, settings));
    found += repetitions.size();
  }
  CHECK(found > 1000);
}

}  // namespace
}  // namespace temper::engine
