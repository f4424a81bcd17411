#include "base/format.h"

#include <array>

namespace temper {
namespace {

struct Scaled {
  double value;
  std::size_t unit;  // how many times it was divided
};

// Divides by `step` until what is left, as it will be rounded, is below it.
Scaled scale(std::uint64_t number, double step, double roundest, std::size_t last_unit) {
  Scaled scaled{static_cast<double>(number), 0};
  while (scaled.value >= roundest && scaled.unit < last_unit) {
    scaled.value /= step;
    ++scaled.unit;
  }
  return scaled;
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 7> kUnits = {"B",   "KiB", "MiB", "GiB",
                                                        "TiB", "PiB", "EiB"};
  if (bytes < 1024) return format("{} B", bytes);
  const Scaled scaled = scale(bytes, 1024.0, 1023.95, kUnits.size() - 1);
  return format("{:.1f} {}", scaled.value, kUnits[scaled.unit]);
}

std::string format_grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

std::string format_count(std::uint64_t count) {
  static constexpr std::array<const char*, 6> kUnits = {"", "k", "M", "B", "T", "Q"};
  if (count < 1000) return format("{}", count);
  const Scaled scaled = scale(count, 1000.0, 999.995, kUnits.size() - 1);
  const int decimals = scaled.value < 10 ? 2 : scaled.value < 100 ? 1 : 0;
  return format("{:.{}f} {}", scaled.value, decimals, kUnits[scaled.unit]);
}

}  // namespace temper
