// What a run may cost, and what it has cost so far.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "chat/events.h"

namespace temper::agent {

// Of what is not there, there is no end.
struct Budget {
  std::optional<std::uint64_t> tokens = {};  // read and written, without those read from a cache
  std::optional<std::uint64_t> turns = {};
  std::optional<std::chrono::minutes> time = {};
  std::optional<double> cost_usd = {};

  bool operator==(const Budget&) const = default;
};

struct Spent {
  std::uint64_t turns = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t cached_prompt_tokens = 0;
  std::uint64_t output_tokens = 0;
  double cost_usd = 0;
  std::chrono::nanoseconds time{0};

  bool operator==(const Spent&) const = default;
};
Json to_json(const Spent& spent);

class Accountant {
 public:
  // `clock` must outlive it. Time counts from here.
  Accountant(const Budget& budget, const Clock& clock);

  void add_turn(const chat::Usage& usage);
  Spent spent() const;

  // What is spent, as a sentence; none where there is something left of all.
  std::optional<std::string> is_over() const;
  // Once, when four fifths of something are gone: for the model.
  std::optional<std::string> warning();
  // Tokens that a reply may take; none where nothing is said.
  std::optional<std::uint64_t> tokens_left() const;

 private:
  struct Share {
    double part = 0;   // of the whole
    std::string text;  // "40 of 40 turns"
  };
  // Of that of which least is left.
  Share largest() const;

  const Budget budget_;
  const Clock& clock_;
  const std::chrono::nanoseconds started_;
  Spent spent_;
  bool warned_ = false;
};

}  // namespace temper::agent
