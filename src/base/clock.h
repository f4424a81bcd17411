// Time as something that is passed in, so that tests need not wait for it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/stop.h"

namespace temper {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// All functions may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  // The calendar's time: for records, never for measuring.
  virtual WallTime wall() const = 0;
  // Time since some fixed moment; never goes back.
  virtual std::chrono::nanoseconds steady() const = 0;
  // Sleeps for `duration`, or until a stop is requested; false when it was.
  virtual bool sleep_for(std::chrono::milliseconds duration, const StopToken& stop) = 0;
};

// The machine's own clock.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override;
  std::chrono::nanoseconds steady() const override;
  bool sleep_for(std::chrono::milliseconds duration, const StopToken& stop) override;
};

// A clock for tests: it stands still until it is told to advance, and a sleep
// advances it at once.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime{}) : start_(start) {}

  WallTime wall() const override;
  std::chrono::nanoseconds steady() const override;
  bool sleep_for(std::chrono::milliseconds duration, const StopToken& stop) override;
  void advance(std::chrono::nanoseconds duration);

 private:
  WallTime start_;
  std::atomic<std::int64_t> passed_ns_{0};
};

// The moment when `limit` is over, on the steady clock: now where it is not positive, and
// time_point::max() where the clock cannot count that far.
std::chrono::steady_clock::time_point deadline_after(std::chrono::milliseconds limit);

// "2026-11-20T09:49:00.123Z": sorts as text, parses anywhere.
std::string format_time(WallTime time);

}  // namespace temper
