#include "cli/progress.h"

#include <algorithm>

#include "base/format.h"
#include "base/utf8.h"

namespace temper::cli {

bool ProgressLine::is_due() {
  constexpr std::chrono::milliseconds kBetweenDrawings{100};
  const std::chrono::nanoseconds now = clock_.steady();
  if (!shown_ || (drawn_at_ && now - *drawn_at_ < kBetweenDrawings)) return false;
  drawn_at_ = now;
  return true;
}

void ProgressLine::say(const std::string& what) {
  if (is_due()) draw(format("{}  {}", doing_, what));
}

void ProgressLine::update(std::uint64_t done, std::uint64_t all) {
  if (!is_due()) return;
  const std::uint64_t percent =
      all == 0 ? 100
               : static_cast<std::uint64_t>(100 *
                                            (static_cast<double>(done) / static_cast<double>(all)));
  draw(format("{}  {} %  {} of {}{}", doing_, percent, amount(done), amount(all),
              time_left(done, all)));
}

std::string ProgressLine::amount(std::uint64_t count) const {
  return counting_ == Counting::Bytes ? format_bytes(count) : format("{}", count);
}

// As fast as on average so far; nothing in the first second, when that means little.
std::string ProgressLine::time_left(std::uint64_t done, std::uint64_t all) const {
  const double passed = std::chrono::duration<double>(clock_.steady() - started_).count();
  if (passed < 1 || done == 0 || done > all) return "";
  const auto seconds = static_cast<std::uint64_t>(passed * static_cast<double>(all - done) /
                                                  static_cast<double>(done));
  return format(", {}:{:02} left", seconds / 60, seconds % 60);
}

void ProgressLine::draw(const std::string& text) {
  if (drawn_width_ == 0 && text.empty()) return;
  // Blanks over what was longer before; a line as wide as the terminal would wrap.
  const std::string cut(truncate_bytes(text, out_.width() > 1 ? out_.width() - 1 : 0));
  const std::size_t blanks = drawn_width_ > cut.size() ? drawn_width_ - cut.size() : 0;
  out_.write("\r" + cut + std::string(blanks, ' ') + (cut.empty() ? "\r" : ""));
  drawn_width_ = cut.size();
}

}  // namespace temper::cli
