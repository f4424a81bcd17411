#include "base/clock.h"

#include "base/format.h"

namespace temper {

WallTime SystemClock::wall() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::steady() const {
  return std::chrono::steady_clock::now().time_since_epoch();
}

bool SystemClock::sleep_for(std::chrono::milliseconds duration, const StopToken& stop) {
  return !stop.wait_for(duration);
}

WallTime ManualClock::wall() const {
  return start_ + std::chrono::duration_cast<std::chrono::milliseconds>(steady());
}

std::chrono::nanoseconds ManualClock::steady() const {
  return std::chrono::nanoseconds(passed_ns_.load());
}

bool ManualClock::sleep_for(std::chrono::milliseconds duration, const StopToken& stop) {
  if (stop.stop_requested()) return false;
  advance(duration);
  return true;
}

void ManualClock::advance(std::chrono::nanoseconds duration) { passed_ns_ += duration.count(); }

std::chrono::steady_clock::time_point deadline_after(std::chrono::milliseconds limit) {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  const steady_clock::time_point now = steady_clock::now();
  if (limit <= milliseconds::zero()) return now;
  const auto most = std::chrono::floor<milliseconds>(steady_clock::time_point::max() - now);
  return limit > most ? steady_clock::time_point::max() : now + limit;
}

std::string format_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                clock.subseconds().count());
}

}  // namespace temper
