#include "agent/budget.h"

#include <algorithm>

#include "base/format.h"

namespace temper::agent {
namespace {

constexpr double kWarnAt = 0.8;

std::uint64_t new_tokens(const Spent& spent) {
  return spent.prompt_tokens - spent.cached_prompt_tokens + spent.output_tokens;
}

}  // namespace

Json to_json(const Spent& spent) {
  return Json::object({{"turns", spent.turns},
                       {"prompt_tokens", spent.prompt_tokens},
                       {"cached_prompt_tokens", spent.cached_prompt_tokens},
                       {"output_tokens", spent.output_tokens},
                       {"cost_usd", spent.cost_usd},
                       {"seconds", std::chrono::duration<double>(spent.time).count()}});
}

Accountant::Accountant(const Budget& budget, const Clock& clock)
    : budget_(budget), clock_(clock), started_(clock.steady()) {}

void Accountant::add_turn(const chat::Usage& usage) {
  ++spent_.turns;
  spent_.prompt_tokens += usage.prompt_tokens;
  spent_.cached_prompt_tokens += usage.cached_prompt_tokens;
  spent_.output_tokens += usage.output_tokens;
  spent_.cost_usd += usage.cost_usd.value_or(0);
}

Spent Accountant::spent() const {
  Spent spent = spent_;
  spent.time = clock_.steady() - started_;
  return spent;
}

Accountant::Share Accountant::largest() const {
  const Spent now = spent();
  Share most;
  const auto look = [&](double part, std::string text) {
    if (part > most.part) most = {part, std::move(text)};
  };
  const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 1; };
  if (budget_.turns) {
    look(share(static_cast<double>(now.turns), static_cast<double>(*budget_.turns)),
         format("{} of {} turns", now.turns, *budget_.turns));
  }
  if (budget_.tokens) {
    look(share(static_cast<double>(new_tokens(now)), static_cast<double>(*budget_.tokens)),
         format("{} of {} tokens", new_tokens(now), *budget_.tokens));
  }
  if (budget_.time) {
    const double minutes = std::chrono::duration<double, std::ratio<60>>(now.time).count();
    look(share(minutes, static_cast<double>(budget_.time->count())),
         format("{:.0f} of {} minutes", minutes, budget_.time->count()));
  }
  if (budget_.cost_usd) {
    look(share(now.cost_usd, *budget_.cost_usd),
         format("{:.2f} of {:.2f} USD", now.cost_usd, *budget_.cost_usd));
  }
  return most;
}

std::optional<std::string> Accountant::is_over() const {
  const Share most = largest();
  if (most.part < 1) return {};
  return format("The budget is spent: {}.", most.text);
}

std::optional<std::string> Accountant::warning() {
  const Share most = largest();
  if (warned_ || most.part < kWarnAt) return {};
  warned_ = true;
  return format(
      "{} of the budget are used. Bring the work to a state that passes the check, and "
      "commit it.",
      most.text);
}

std::optional<std::uint64_t> Accountant::tokens_left() const {
  if (!budget_.tokens) return {};
  const std::uint64_t used = new_tokens(spent_);
  return *budget_.tokens - std::min(*budget_.tokens, used);
}

}  // namespace temper::agent
