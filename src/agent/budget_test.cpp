#include "agent/budget.h"

#include <doctest/doctest.h>

namespace temper::agent {
namespace {

chat::Usage usage(std::uint64_t prompt, std::uint64_t cached, std::uint64_t output, double cost) {
  chat::Usage usage;
  usage.prompt_tokens = prompt;
  usage.cached_prompt_tokens = cached;
  usage.output_tokens = output;
  usage.cost_usd = cost;
  return usage;
}

TEST_CASE("budget: each kind has an end, is told of once before, and counts what is new") {
  struct Row {
    Budget budget;
    std::string at_four;  // the warning after four turns of five
    std::string at_five;
  };
  Row rows[4];
  rows[0] = {{}, "4 of 5 turns", "The budget is spent: 5 of 5 turns."};
  rows[0].budget.turns = 5;
  rows[1] = {{}, "400 of 500 tokens", "The budget is spent: 500 of 500 tokens."};
  rows[1].budget.tokens = 500;
  rows[2] = {{}, "8 of 10 minutes", "The budget is spent: 10 of 10 minutes."};
  rows[2].budget.time = std::chrono::minutes(10);
  rows[3] = {{}, "0.40 of 0.50 USD", "The budget is spent: 0.50 of 0.50 USD."};
  rows[3].budget.cost_usd = 0.5;
  for (const Row& row : rows) {
    CAPTURE(row.at_five);
    ManualClock clock;
    Accountant accountant(row.budget, clock);
    for (int turn = 1; turn <= 5; ++turn) {
      CHECK_FALSE(accountant.is_over());
      const auto warning = accountant.warning();
      CHECK(warning.has_value() == (turn == 5));
      if (warning) CHECK(warning->starts_with(row.at_four));
      clock.advance(std::chrono::minutes(2));
      accountant.add_turn(usage(1000, 920, 20, 0.1));
    }
    REQUIRE(accountant.is_over());
    CHECK(*accountant.is_over() == row.at_five);
  }
}

TEST_CASE("budget: without one there is no end, and what was spent is known") {
  ManualClock clock;
  Accountant accountant({}, clock);
  for (int turn = 0; turn < 1000; ++turn) accountant.add_turn(usage(10, 5, 1, 0));
  CHECK_FALSE(accountant.is_over());
  CHECK_FALSE(accountant.warning());
  CHECK_FALSE(accountant.tokens_left());
  CHECK(accountant.spent().prompt_tokens == 10000);
  CHECK(accountant.spent().turns == 1000);

  Budget budget;
  budget.tokens = 100;
  Accountant bound(budget, clock);
  bound.add_turn(usage(80, 50, 10, 0));
  CHECK(bound.tokens_left() == 60);
  bound.add_turn(usage(800, 0, 10, 0));
  CHECK(bound.tokens_left() == 0);
}

}  // namespace
}  // namespace temper::agent
