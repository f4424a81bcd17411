#include "engine/kv/sequence.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <utility>

#include "base/format.h"
#include "base/random.h"
#include "engine/kv/prefix_index.h"
#include "engine/kv/saved_sequence.h"
#include "support/temporary.h"

namespace temper::engine {
namespace {

// A model in miniature, whose every memory can be checked: it writes each token into the
// first byte of its place in each group's pages, and carries a sum along as its state.
CacheLayout layout_with(const std::vector<std::size_t>& windows, bool has_state) {
  CacheShape shape;
  for (const std::size_t window : windows) shape.layers.push_back({1, 4, window});
  shape.state_floats = has_state ? 2 : 0;
  return *CacheLayout::make(shape, KvType::F32);
}

void append(Sequence& sequence, const std::vector<TokenId>& tokens) {
  REQUIRE(sequence.prepare(tokens.size()));
  const CacheLayout& layout = sequence.store().layout();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t position = sequence.length() + i;
    for (std::size_t group = 0; group < layout.groups().size(); ++group) {
      std::byte* place = sequence.page_to_write(group, position) + position % kPageTokens * 4;
      std::memcpy(place, &tokens[i], 4);
    }
  }
  if (layout.shape().state_floats != 0) {
    const float* before = sequence.state();
    float sum = before == nullptr ? 0 : before[0];
    for (const TokenId token : tokens) sum = sum * 0.5F + static_cast<float>(token);
    sequence.next_state()[0] = sum;
    sequence.next_state()[1] = static_cast<float>(sequence.length() + tokens.size());
  }
  sequence.commit(tokens);
}

float state_of(const std::vector<TokenId>& tokens) {
  float sum = 0;
  for (const TokenId token : tokens) sum = sum * 0.5F + static_cast<float>(token);
  return sum;
}

// What is wrong with what the sequence remembers; empty when all that its next token would
// see is there.
std::string fault_of(const Sequence& sequence) {
  const CacheLayout& layout = sequence.store().layout();
  const std::vector<TokenId>& tokens = sequence.tokens();
  for (std::size_t group = 0; group < layout.groups().size(); ++group) {
    const std::size_t window = layout.groups()[group].window;
    const std::size_t from =
        window == 0 || tokens.size() + 1 <= window ? 0 : tokens.size() + 1 - window;
    for (std::size_t position = from; position < tokens.size(); ++position) {
      const std::byte* page = sequence.pages(group)[position / kPageTokens];
      if (page == nullptr) return format("group {} lacks the page of {}", group, position);
      TokenId held = 0;
      std::memcpy(&held, page + position % kPageTokens * 4, 4);
      if (held != tokens[position]) {
        return format("group {} holds {} at {}, not {}", group, held, position, tokens[position]);
      }
    }
  }
  if (layout.shape().state_floats != 0 && !tokens.empty()) {
    if (sequence.state() == nullptr || sequence.state()[0] != state_of(tokens) ||
        sequence.state()[1] != static_cast<float>(tokens.size())) {
      return "the state is not that of the tokens";
    }
  }
  return "";
}

std::vector<TokenId> some_tokens(Random& random, std::size_t count) {
  std::vector<TokenId> tokens;
  for (std::size_t i = 0; i < count; ++i)
    tokens.push_back(static_cast<TokenId>(random.below(1000)));
  return tokens;
}

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 30;

TEST_CASE("a sequence forgets nothing that its next token sees, whatever is done to it") {
  struct Kind {
    std::vector<std::size_t> windows;
    bool has_state;
  };
  const TemporaryDirectory folder = make_temporary_directory();
  for (const Kind& kind : {Kind{{0}, false}, Kind{{0, 70}, false}, Kind{{5}, false},
                           Kind{{0}, true}, Kind{{0, 64, 200}, true}}) {
    CacheStore store(layout_with(kind.windows, kind.has_state), kPlenty);
    Random random(7);
    std::vector<Sequence> sequences;
    sequences.emplace_back(store);
    for (int step = 0; step < 600; ++step) {
      const std::size_t which = random.below(sequences.size());
      Sequence& sequence = sequences[which];
      const std::vector<TokenId> before = sequence.tokens();
      switch (random.below(6)) {
        case 0: append(sequence, some_tokens(random, 1 + random.below(5))); break;
        case 1: append(sequence, some_tokens(random, 1 + random.below(150))); break;
        case 2: sequence.mark(200); break;
        case 3: {
          const std::size_t wanted = random.below(before.size() + 2);
          const std::size_t promised = sequence.restore_points().last_before(wanted);
          CHECK(sequence.rewind(wanted) == promised);
          CHECK(sequence.tokens() ==
                std::vector(before.begin(), before.begin() + static_cast<long>(promised)));
          break;
        }
        case 4: {
          const std::string path = folder.path() + "/saved";
          REQUIRE(save_sequence(sequence, "a model", path));
          Result<Sequence> loaded = load_sequence(store, "a model", path);
          REQUIRE(loaded);
          CHECK(loaded->tokens() == before);
          CHECK(loaded->restore_points() == sequence.restore_points());
          CHECK(outline_of_saved(store.layout(), "a model", path)->points ==
                sequence.restore_points());
          sequence = std::move(loaded).take();
          break;
        }
        default:
          if (sequences.size() < 6) {
            Sequence twin = sequence.fork();
            sequences.push_back(std::move(twin));
          } else {
            sequences.erase(sequences.begin() + static_cast<long>(which));
          }
      }
      for (const Sequence& each : sequences) {
        const std::string fault = fault_of(each);
        CHECK_MESSAGE(fault.empty(), fault);
      }
    }
  }
}

TEST_CASE("a fork and a mark take no memory of their own") {
  CacheStore store(layout_with({0, 100}, true), kPlenty);
  Sequence sequence(store);
  Random random(1);
  append(sequence, some_tokens(random, 1000));
  const std::uint64_t before = store.used_bytes();
  const Sequence twin = sequence.fork();
  sequence.mark(kPlenty);
  CHECK(store.used_bytes() == before);
}

TEST_CASE("a layer with a window keeps only its window") {
  CacheStore store(layout_with({100}, false), kPlenty);
  Sequence sequence(store);
  Random random(1);
  append(sequence, some_tokens(random, 5000));
  CHECK(store.used_bytes() <= (100 / kPageTokens + 2) * store.layout().groups()[0].page_bytes);
}

TEST_CASE("what was prepared and not committed is forgotten") {
  CacheStore store(layout_with({0}, true), kPlenty);
  Sequence sequence(store);
  append(sequence, {1, 2, 3});
  const std::uint64_t before = store.used_bytes();
  REQUIRE(sequence.prepare(500));
  CHECK(store.used_bytes() > before);
  const Sequence twin = sequence.fork();
  CHECK(fault_of(twin) == "");
  CHECK(sequence.rewind(3) == 3);
  CHECK(store.used_bytes() == before);
}

TEST_CASE("a sequence for which the memory is too small stays as it was") {
  CacheStore store(layout_with({0}, true), 3000);
  Sequence sequence(store);
  append(sequence, {1, 2, 3});
  const Result<void> prepared = sequence.prepare(5000);
  REQUIRE(!prepared);
  CHECK(prepared.error().code == Code::Limit);
  CHECK(fault_of(sequence) == "");
  append(sequence, {4});
  CHECK(fault_of(sequence) == "");
}

TEST_CASE("marks beyond the budget go where they stand closest, and never the last") {
  CacheStore store(layout_with({0}, true), kPlenty);
  Sequence sequence(store);
  for (const std::size_t count : {100U, 10U, 200U, 5U, 300U}) {
    append(sequence, std::vector<TokenId>(count, 1));
    sequence.mark(3 * store.layout().state_bytes());
  }
  CHECK(sequence.restore_points().marks == std::vector<std::size_t>{110, 315, 615});
}

TEST_CASE("recurrent models go back to marks only, others anywhere") {
  CacheStore plain_store(layout_with({0}, false), kPlenty);
  Sequence plain(plain_store);
  append(plain, std::vector<TokenId>(100, 1));
  CHECK(plain.restore_points() == RestorePoints{100, 0, {}});

  CacheStore store(layout_with({0}, true), kPlenty);
  Sequence sequence(store);
  append(sequence, std::vector<TokenId>(100, 1));
  sequence.mark(kPlenty);
  append(sequence, std::vector<TokenId>(100, 2));
  CHECK(sequence.restore_points() == RestorePoints{200, 200, {100}});
  CHECK(sequence.rewind(150) == 100);
  CHECK(sequence.rewind(99) == 0);
}

TEST_CASE("the longest reusable prefix is found among live and saved sequences") {
  CacheStore store(layout_with({0}, true), kPlenty);
  Sequence marked(store);
  append(marked, {1, 2, 3, 4});
  marked.mark(kPlenty);
  append(marked, {5, 6});
  Sequence shorter(store);
  append(shorter, {1, 2, 3});

  PrefixIndex index;
  const std::size_t first = index.add_live(marked);
  const std::size_t second = index.add_live(shorter);
  const std::size_t saved = index.add_saved({7, 8, 9, 10}, {4, 4, {2}});
  const auto found = [&](std::vector<TokenId> prompt) {
    const std::optional<PrefixMatch> match = index.find(prompt);
    return match ? std::vector{match->entry, match->common, match->reusable}
                 : std::vector<std::size_t>{};
  };
  using Found = std::vector<std::size_t>;
  CHECK(found({1, 2, 3, 4, 5, 6, 7}) == Found{first, 6, 6});
  CHECK(found({1, 2, 3, 4, 5, 6}) == Found{first, 6, 4});  // one token must be new
  CHECK(found({1, 2, 3, 4, 9}) == Found{first, 4, 4});
  CHECK(found({1, 2, 3, 9}) == Found{second, 3, 3});  // the first could only begin anew
  CHECK(found({7, 8, 9, 11}) == Found{saved, 3, 2});
  CHECK(found({9, 9}) == Found{});
  CHECK(found({}) == Found{});
  index.remove(first);
  CHECK(found({1, 2, 3, 4, 9}) == Found{second, 3, 3});
}

TEST_CASE("a cache in blocks refuses heads that are no whole number of them") {
  CacheShape shape;
  shape.layers.push_back({1, 48, 0});
  const Result<CacheLayout> made = CacheLayout::make(shape, KvType::Q8_0);
  REQUIRE(!made);
  CHECK(made.error().message ==
        "a q8_0 cache needs head sizes that are multiples of 32, and this model has heads of 48; "
        "choose f16 or f32");
}

}  // namespace
}  // namespace temper::engine
