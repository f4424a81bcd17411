// Two hash tables that are filled once and then only asked, for vocabularies of
// hundreds of thousands of tokens.
//
// Open addressing over a flat array: an answer costs about one miss of the processor's
// cache. They know nothing of tokens.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace temper::engine {

// What both tables answer where there is nothing; not to be stored.
inline constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

inline std::uint64_t mix_bits(std::uint64_t bits) {
  bits *= 0x9E3779B97F4A7C15;
  return bits ^ (bits >> 32);
}

inline std::uint32_t hash_text(std::string_view text) {
  std::uint64_t hash = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mix_bits(hash ^ word);
    text.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  return static_cast<std::uint32_t>(mix_bits(hash ^ rest));
}

// What the two have in common. An Entry has a value, a hash() and a has(key).
template <typename Entry>
class FlatTable {
 public:
  explicit FlatTable(std::size_t expected) : slots_(std::bit_ceil(expected + expected / 2 + 4)) {}

  template <typename Key>
  std::uint32_t find(const Key& key) const {
    return slots_[place(Entry::hash_of(key), key)].value;
  }

  // The first value for a key stays.
  template <typename Key>
  void insert(const Key& key, std::uint32_t value) {
    if (3 * used_ >= 2 * slots_.size()) grow();
    Entry& entry = slots_[place(Entry::hash_of(key), key)];
    if (entry.value != kAbsent) return;
    entry = Entry(key, value);
    ++used_;
  }

 private:
  template <typename Key>
  std::size_t place(std::uint32_t hash, const Key& key) const {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].value != kAbsent && !slots_[at].has(hash, key)) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return at;
  }

  void grow() {
    const std::vector<Entry> old = std::exchange(slots_, std::vector<Entry>(2 * slots_.size()));
    for (const Entry& entry : old) {
      if (entry.value != kAbsent) slots_[place(entry.hash(), entry.key)] = entry;
    }
  }

  std::vector<Entry> slots_;  // their number is a power of two
  std::size_t used_ = 0;
};

struct NumberEntry {
  NumberEntry() = default;
  NumberEntry(std::uint64_t number, std::uint32_t stored) : key(number), value(stored) {}

  static std::uint32_t hash_of(std::uint64_t number) {
    return static_cast<std::uint32_t>(mix_bits(number));
  }
  std::uint32_t hash() const { return hash_of(key); }
  bool has(std::uint32_t /*hash*/, std::uint64_t number) const { return key == number; }

  std::uint64_t key = 0;
  std::uint32_t value = kAbsent;
};

struct TextEntry {
  TextEntry() = default;
  TextEntry(std::string_view text, std::uint32_t stored)
      : key(text), own_hash(hash_of(text)), value(stored) {}

  static std::uint32_t hash_of(std::string_view text) { return hash_text(text); }
  std::uint32_t hash() const { return own_hash; }
  bool has(std::uint32_t hash, std::string_view text) const {
    return own_hash == hash && key == text;
  }

  std::string_view key = {};
  std::uint32_t own_hash = 0;
  std::uint32_t value = kAbsent;
};

using NumberTable = FlatTable<NumberEntry>;
// Keeps views of the texts, which must outlive it.
using TextTable = FlatTable<TextEntry>;

}  // namespace temper::engine
