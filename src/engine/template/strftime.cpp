#include "engine/template/strftime.h"

#include <array>
#include <chrono>

#include "base/format.h"

namespace temper::engine::jinja {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

struct Moment {
  explicit Moment(WallTime time) {
    const auto day = std::chrono::floor<days>(time);
    const year_month_day date(day);
    year = static_cast<int>(date.year());
    month = static_cast<int>(static_cast<unsigned>(date.month()));
    day_of_month = static_cast<int>(static_cast<unsigned>(date.day()));
    weekday = static_cast<int>(std::chrono::weekday(day).c_encoding());
    const std::chrono::sys_days new_year(date.year() / std::chrono::January / 1);
    day_of_year = static_cast<int>((day - new_year).count()) + 1;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time - day).count();
    hour = static_cast<int>(since / 3'600'000);
    minute = static_cast<int>(since / 60'000 % 60);
    second = static_cast<int>(since / 1000 % 60);
    millisecond = static_cast<int>(since % 1000);
    unix_seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  }

  int year, month, day_of_month, weekday, day_of_year, hour, minute, second, millisecond;
  std::int64_t unix_seconds;
};

// Week and year by ISO 8601: weeks begin on Monday, and belong to the year of their Thursday.
std::pair<int, int> iso_week(const Moment& at) {
  const int from_monday = (at.weekday + 6) % 7;
  const int thursday = at.day_of_year - from_monday + 3;
  const auto length = [](int year) { return std::chrono::year(year).is_leap() ? 366 : 365; };
  if (thursday < 1) return {at.year - 1, (thursday + length(at.year - 1) - 1) / 7 + 1};
  if (thursday > length(at.year)) return {at.year + 1, 1};
  return {at.year, (thursday - 1) / 7 + 1};
}

// A number with zeros or, for %e and %k, spaces before it; with neither after "%-".
std::string number(int value, int width, char fill, bool padded) {
  std::string digits = format("{}", value);
  while (padded && static_cast<int>(digits.size()) < width) digits.insert(0, 1, fill);
  return digits;
}

std::string converted(char conversion, const Moment& at, bool padded) {
  const auto two = [&](int value) { return number(value, 2, '0', padded); };
  const int hour12 = at.hour % 12 == 0 ? 12 : at.hour % 12;
  const auto day = kDays[static_cast<std::size_t>(at.weekday)];
  const auto month = kMonths[static_cast<std::size_t>(at.month - 1)];
  switch (conversion) {
    case 'Y': return number(at.year, 4, '0', padded);
    case 'y': return two(at.year % 100);
    case 'C': return two(at.year / 100);
    case 'm': return two(at.month);
    case 'd': return two(at.day_of_month);
    case 'e': return number(at.day_of_month, 2, ' ', padded);
    case 'H': return two(at.hour);
    case 'k': return number(at.hour, 2, ' ', padded);
    case 'I': return two(hour12);
    case 'l': return number(hour12, 2, ' ', padded);
    case 'M': return two(at.minute);
    case 'S': return two(at.second);
    case 'f': return number(at.millisecond * 1000, 6, '0', padded);
    case 'j': return number(at.day_of_year, 3, '0', padded);
    case 'A': return std::string(day);
    case 'a': return std::string(day.substr(0, 3));
    case 'B': return std::string(month);
    case 'b':
    case 'h': return std::string(month.substr(0, 3));
    case 'p': return at.hour < 12 ? "AM" : "PM";
    case 'u': return format("{}", at.weekday == 0 ? 7 : at.weekday);
    case 'w': return format("{}", at.weekday);
    case 'U': return two((at.day_of_year + 6 - at.weekday) / 7);
    case 'W': return two((at.day_of_year + 6 - (at.weekday + 6) % 7) / 7);
    case 'V': return two(iso_week(at).second);
    case 'G': return number(iso_week(at).first, 4, '0', padded);
    case 's': return format("{}", at.unix_seconds);
    case 'n': return "\n";
    case 't': return "\t";
    case '%': return "%";
    default: return "";
  }
}

// Conversions that stand for several others.
std::string_view meaning(char conversion) {
  switch (conversion) {
    case 'F': return "%Y-%m-%d";
    case 'T':
    case 'X': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'c': return "%a %b %e %H:%M:%S %Y";
    case 'r': return "%I:%M:%S %p";
    default: return "";
  }
}

}  // namespace

Result<std::string> strftime(std::string_view pattern, WallTime time) {
  constexpr std::string_view kEmpty = "zZ";  // of a time without a zone
  const Moment at(time);
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      text += pattern[i];
      continue;
    }
    const bool padded = !pattern.substr(i + 1).starts_with('-');
    i += padded ? 1 : 2;
    const char conversion = i < pattern.size() ? pattern[i] : '\0';
    if (!meaning(conversion).empty()) {
      text += TRY(strftime(meaning(conversion), time));
      continue;
    }
    const std::string piece = converted(conversion, at, padded);
    if (piece.empty() && kEmpty.find(conversion) == std::string_view::npos) {
      return Error{Code::Unsupported, "the pattern of the date has an unknown % conversion"};
    }
    text += piece;
  }
  return text;
}

}  // namespace temper::engine::jinja
