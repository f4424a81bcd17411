#include "agent/context/context.h"

#include <doctest/doctest.h>

#include "base/format.h"

namespace temper::agent {
namespace {

using chat::Role;

chat::Message result(std::size_t number, std::size_t bytes) {
  return chat::result_message({format("call{}", number), std::string(bytes, 'x'), false});
}

Context filled(std::size_t results, std::size_t bytes) {
  Context context(
      {chat::text_message(Role::System, "rules"), chat::text_message(Role::User, "task")});
  for (std::size_t i = 0; i < results; ++i) context.add(result(i, bytes));
  return context;
}

TEST_CASE("context: what was counted is exact, and what is new an estimate by it") {
  Context context({chat::text_message(Role::User, std::string(988, 'x'))}, 1000);
  CHECK(context.tokens() > 400);
  context.counted(500);  // 2000 bytes, four for each token
  CHECK(context.tokens() <= 501);
  context.add(chat::text_message(Role::User, std::string(388, 'x')));
  CHECK(context.tokens() == 601);
  context.counted(0);  // a provider that does not count
  CHECK(context.tokens() == 601);
}

TEST_CASE("context: old results are folded, the last stay, and what is folded can be read again") {
  Context context = filled(20, 1000);
  std::vector<std::string> kept;
  const auto keep = [&](std::string text) {
    kept.push_back(std::move(text));
    return format("output-{}", kept.size());
  };
  const std::vector<chat::Message> before = context.messages();
  const std::uint64_t half = context.tokens() / 2;
  CHECK(context.fold(half, keep));
  CHECK(context.tokens() <= half);
  CHECK(kept.size() >= 9);
  CHECK(kept.size() <= 12);
  REQUIRE(context.messages().size() == before.size());
  CHECK(chat::text_of(context.messages()[2]) == "[folded: 1 lines; read output-1 shows them]");
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool folded = i >= 2 && i < 2 + kept.size();
    CHECK((context.messages()[i] == before[i]) == !folded);
  }
  // Nothing is folded twice, and the last six never.
  CHECK_FALSE(context.fold(1, keep));
  CHECK(kept.size() == 14);
  for (std::size_t i = before.size() - 6; i < before.size(); ++i) {
    CHECK(context.messages()[i] == before[i]);
  }
}

TEST_CASE("context: short results, words and calls are not folded") {
  Context context = filled(20, 200);
  const std::vector<chat::Message> before = context.messages();
  CHECK_FALSE(context.fold(1, [](const std::string&) { return std::string("never"); }));
  CHECK(context.messages() == before);
}

}  // namespace
}  // namespace temper::agent
