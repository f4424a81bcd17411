// Numbers values: equal ones get equal numbers, from 0 in the order of their coming.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace temper::engine {

constexpr std::uint64_t mix_hash(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

// `T` has operator== and `std::uint64_t hash() const`. References are good until the
// next value is added.
template <typename T>
class InternTable {
 public:
  std::uint32_t number_of(T value) {
    if ((values_.size() + 1) * 2 > slots_.size()) grow();
    std::size_t at = value.hash() & (slots_.size() - 1);
    while (slots_[at] != kFree) {
      if (values_[slots_[at]] == value) return slots_[at];
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = static_cast<std::uint32_t>(values_.size());
    values_.push_back(std::move(value));
    return slots_[at];
  }

  const T& operator[](std::uint32_t number) const { return values_[number]; }
  T& operator[](std::uint32_t number) { return values_[number]; }
  std::size_t size() const { return values_.size(); }
  std::size_t memory() const { return values_.capacity() * sizeof(T) + slots_.size() * 4; }

 private:
  static constexpr std::uint32_t kFree = ~std::uint32_t{0};

  void grow() {
    const std::size_t size = slots_.empty() ? 64 : slots_.size() * 2;
    slots_.assign(size, kFree);
    for (std::uint32_t number = 0; number < values_.size(); ++number) {
      std::size_t at = values_[number].hash() & (size - 1);
      while (slots_[at] != kFree) at = (at + 1) & (size - 1);
      slots_[at] = number;
    }
  }

  std::vector<T> values_;
  std::vector<std::uint32_t> slots_;  // a power of two
};

}  // namespace temper::engine
