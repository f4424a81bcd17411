#include "base/clock.h"

#include <doctest/doctest.h>

namespace temper {
namespace {

using namespace std::chrono_literals;

WallTime at(std::int64_t milliseconds) { return WallTime(std::chrono::milliseconds(milliseconds)); }

TEST_CASE("clock: times are written so that they sort as text") {
  CHECK(format_time(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(at(1795168140123)) == "2026-11-20T09:49:00.123Z");
  CHECK(format_time(at(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("clock: a manual clock moves only when told, and sleeping tells it") {
  ManualClock clock(at(1000));
  StopSource stop;
  CHECK(clock.steady() == 0ns);
  clock.advance(1500us);
  CHECK(clock.steady() == 1500us);
  CHECK(clock.wall() == at(1001));
  CHECK(clock.sleep_for(1h, stop.token()));
  CHECK(clock.wall() == at(3'601'001));
  stop.request_stop();
  CHECK_FALSE(clock.sleep_for(1h, stop.token()));
  CHECK(clock.wall() == at(3'601'001));
}

TEST_CASE("clock: a deadline is never beyond what the clock can count") {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  const auto before = steady_clock::now();
  const auto hour = deadline_after(1h);
  CHECK(hour >= before + 1h);
  CHECK(hour <= steady_clock::now() + 1h);
  CHECK(deadline_after(milliseconds::max()) == steady_clock::time_point::max());
  for (const milliseconds none : {milliseconds::min(), milliseconds(-1), milliseconds(0)}) {
    const auto deadline = deadline_after(none);
    CHECK(deadline >= before);
    CHECK(deadline <= steady_clock::now());
  }
}

TEST_CASE("clock: the system's clock goes on, and a stop ends a sleep") {
  SystemClock clock;
  const auto before = clock.steady();
  CHECK(clock.sleep_for(2ms, StopToken()));
  CHECK(clock.steady() - before >= 2ms);
  CHECK(clock.wall() > at(1'700'000'000'000));
  StopSource stop;
  stop.request_stop();
  CHECK_FALSE(clock.sleep_for(1h, stop.token()));
}

}  // namespace
}  // namespace temper
