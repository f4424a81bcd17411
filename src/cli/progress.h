// A line that says how far a long piece of work is, for a person at a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/output.h"

namespace temper::cli {

// Writes over itself, and is gone when this goes out of scope. Output and clock must
// outlive it.
enum class Counting { Bytes, Tokens };

class ProgressLine {
 public:
  // `doing` is what the line begins with: "quantising". Where it is not shown, nothing
  // is ever written: an output that is no terminal keeps what was written over.
  ProgressLine(Output& out, bool shown, Clock& clock, std::string doing,
               Counting counting = Counting::Bytes)
      : out_(out),
        shown_(shown),
        clock_(clock),
        doing_(std::move(doing)),
        counting_(counting),
        started_(clock.steady()) {}
  ~ProgressLine() { draw(""); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Draws at most ten times a second.
  void update(std::uint64_t done, std::uint64_t all);
  // Other words instead of the amounts, as often.
  void say(const std::string& what);

 private:
  bool is_due();
  void draw(const std::string& text);
  std::string amount(std::uint64_t count) const;
  std::string time_left(std::uint64_t done, std::uint64_t all) const;

  Output& out_;
  bool shown_;
  Clock& clock_;
  std::string doing_;
  Counting counting_;
  std::chrono::nanoseconds started_;
  std::optional<std::chrono::nanoseconds> drawn_at_;
  std::size_t drawn_width_ = 0;
};

}  // namespace temper::cli
