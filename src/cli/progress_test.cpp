#include "cli/progress.h"

#include <doctest/doctest.h>

namespace temper::cli {
namespace {

using std::chrono::milliseconds;

TEST_CASE("progress: a line writes over itself, ten times a second, and goes away") {
  StringSink sink;
  Output out(sink, Colour::Off, 80);
  ManualClock clock;
  {
    ProgressLine line(out, true, clock, "copying");
    line.update(0, 1000);
    line.update(100, 1000);  // too soon
    clock.advance(milliseconds(2000));
    line.update(500, 1000);
    clock.advance(milliseconds(100));
    line.update(1000, 1000);
  }
  CHECK(sink.text() ==
        "\rcopying  0 %  0 B of 1000 B"
        "\rcopying  50 %  500 B of 1000 B, 0:02 left"
        "\rcopying  100 %  1000 B of 1000 B, 0:00 left"
        "\r                                           \r");
}

TEST_CASE("progress: fits the terminal, and is not written where there is none") {
  StringSink sink;
  ManualClock clock;
  {
    Output narrow(sink, Colour::Off, 12);
    ProgressLine line(narrow, true, clock, "copying");
    line.update(0, 1000);
  }
  CHECK(sink.text() == "\rcopying  0 \r           \r");
  StringSink quiet;
  Output out(quiet, Colour::Off, 80);
  {
    ProgressLine line(out, false, clock, "copying");
    line.update(5, 10);
  }
  CHECK(quiet.text().empty());
}

}  // namespace
}  // namespace temper::cli
