#include "agent/guard/circling.h"

#include <algorithm>

namespace temper::agent {
namespace {

constexpr std::size_t kTriples = 8192;
// What was written longer ago is forgotten: four copies of a licence are no circle.
constexpr std::uint64_t kMemoryWords = 150;
constexpr std::uint8_t kOften = 3;

constexpr std::uint32_t kMostlyOften = 144;  // of 160 words
constexpr std::uint32_t kMostlyOnce = 112;
constexpr std::size_t kFewWords = 35;

}  // namespace

CirclingGuard::CirclingGuard() : triples_(kTriples) {}

std::optional<Repetition> CirclingGuard::read(const Unit& unit) {
  if (unit.is_fenced || !unit.is_plain) push_something_new(unit);
  if (!unit.is_prose || !unit.ends_sentence) return std::nullopt;
  for (const std::uint32_t word : unit.words) push(word, unit.begin);
  if (count_ < kWords) return std::nullopt;
  const bool nothing_new = often_ >= kMostlyOften;
  const bool few_words = distinct_.size() <= kFewWords && once_ >= kMostlyOnce;
  if (!nothing_new && !few_words) return std::nullopt;
  const Word& oldest = words_[count_ % kWords];
  return Repetition{.kind = RepetitionKind::Circling,
                    .begin = oldest.begin,
                    .end = unit.end,
                    .unit_bytes = unit.end - unit.begin,
                    .times = std::max<std::uint64_t>(2, kWords / distinct_.size())};
}

// Code between the sentences is what they speak of, and so are lists and tables.
void CirclingGuard::push_something_new(const Unit& unit) {
  const std::uint64_t words = std::min<std::uint64_t>((unit.end - unit.begin) / 8, kWords);
  for (std::uint64_t word = 0; word < words; ++word) {
    push(static_cast<std::uint32_t>(count_) * 0x9E3779B1 + 1, unit.begin);
  }
}

void CirclingGuard::push(std::uint32_t word, std::uint64_t begin) {
  std::uint32_t triple = word;
  for (std::uint64_t back = 1; back <= 2 && back <= count_; ++back) {
    triple = (triple ^ words_[(count_ - back) % kWords].hash) * 0x9E3779B1 + 0x7F4A7C15;
  }
  Word& slot = words_[count_ % kWords];
  if (count_ >= kWords) forget(slot);
  slot = {.hash = word, .seen = count_triple(triple), .begin = begin};
  often_ += slot.seen >= kOften ? 1 : 0;
  once_ += slot.seen >= 1 ? 1 : 0;
  ++distinct_[word];
  ++count_;
}

std::uint8_t CirclingGuard::count_triple(std::uint32_t hash) {
  Triple& triple = triples_[hash % kTriples];
  const bool is_known = triple.hash == hash && triple.last + kMemoryWords > count_;
  const std::uint32_t before = is_known ? triple.times : 0;
  triple = {.hash = hash, .times = before + 1, .last = count_};
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(before, 255));
}

void CirclingGuard::forget(const Word& word) {
  often_ -= word.seen >= kOften ? 1 : 0;
  once_ -= word.seen >= 1 ? 1 : 0;
  const auto known = distinct_.find(word.hash);
  if (--known->second == 0) distinct_.erase(known);
}

}  // namespace temper::agent
