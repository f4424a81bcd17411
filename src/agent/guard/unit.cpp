#include "agent/guard/unit.h"

#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace temper::agent {
namespace {

constexpr std::uint64_t kLongUnit = 400;      // ends at the next white space
constexpr std::uint64_t kLongestUnit = 1000;  // ends here
constexpr std::size_t kMostWords = 250;
constexpr std::string_view kCodeSymbols = "{}();=<>|\\[]$#&^~+%@\"";

// FNV-1a, one byte on.
std::uint64_t mix(std::uint64_t hash, std::uint8_t byte) { return (hash ^ byte) * 0x100000001B3; }
constexpr std::uint64_t kEmptyHash = 0xCBF29CE484222325;
constexpr std::uint32_t kEmptyWord = 0x811C9DC5;
std::uint32_t mix_word(std::uint32_t hash, std::uint8_t byte) { return (hash ^ byte) * 0x01000193; }

bool is_space(std::uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}
bool is_letter(std::uint8_t byte) {
  return byte >= 0x80 || is_lower(static_cast<char>(byte)) || is_upper(static_cast<char>(byte));
}
bool is_number(std::uint8_t byte) { return is_digit(static_cast<char>(byte)); }
bool ends_sentence(std::uint8_t byte) { return byte == '.' || byte == '!' || byte == '?'; }

}  // namespace

std::optional<Unit> UnitReader::read(std::uint8_t byte) {
  if (offset_ == 0) begin_unit(true);
  ++offset_;
  if (byte == '\n') return finish(true);
  const std::uint64_t length = offset_ - unit_.begin;
  const bool sentence_ends = place_ == Place::Body && is_space(byte) && ends_sentence(last_) &&
                             unit_.letter_words + (word_bytes_ > 1 ? 1 : 0) > 0;
  if (sentence_ends || (is_space(byte) && length > kLongUnit)) return finish(false);
  if (place_ == Place::Body) {
    read_body(byte);
  } else {
    read_start_of_line(byte);
  }
  return length >= kLongestUnit ? finish(false) : std::nullopt;
}

// "  12. text", "- [ ] text": the mark of an item is no part of its text.
void UnitReader::read_start_of_line(std::uint8_t byte) {
  if (place_ == Place::Indent) {
    if (is_space(byte) || byte == '>') return;
    if (!is_number(byte) && byte != '-' && byte != '*') return read_held_and(byte);
    place_ = is_number(byte) ? Place::Number : Place::Mark;
    held_.push_back(byte);
    return;
  }
  if (place_ == Place::Mark && byte == ' ') {
    unit_.is_item = true;
    held_.clear();
    place_ = Place::Body;
    return;
  }
  const bool ends_number = byte == '.' || byte == ')';
  if (place_ == Place::Mark || held_.size() > 8 || !(is_number(byte) || ends_number)) {
    return read_held_and(byte);
  }
  if (ends_number) place_ = Place::Mark;
  held_.push_back(byte);
}

// No item after all: what looked like its mark was text.
void UnitReader::read_held_and(std::optional<std::uint8_t> byte) {
  place_ = Place::Body;
  for (const std::uint8_t earlier : std::exchange(held_, {})) read_body(earlier);
  if (byte) read_body(*byte);
}

void UnitReader::read_body(std::uint8_t byte) {
  if (is_space(byte)) {
    end_word();
    in_number_ = false;
    pending_space_ = visible_ > 0;
    return;
  }
  if (pending_space_) {
    unit_.exact = mix(unit_.exact, ' ');
    unit_.without_numbers = mix(unit_.without_numbers, ' ');
    pending_space_ = false;
  }
  unit_.exact = mix(unit_.exact, byte);
  if (!is_number(byte)) {
    unit_.without_numbers = mix(unit_.without_numbers, byte);
  } else if (!in_number_) {
    unit_.without_numbers = mix(unit_.without_numbers, '0');
  }
  in_number_ = is_number(byte);

  if (is_letter(byte) || is_number(byte) || (byte == '\'' && word_bytes_ > 0)) {
    const auto lower =
        static_cast<std::uint8_t>(is_upper(static_cast<char>(byte)) ? byte + 32 : byte);
    word_ = mix_word(word_, lower);
    ++word_bytes_;
    word_has_digits_ = word_has_digits_ || is_number(byte);
  } else {
    end_word();
  }
  backticks_ = byte == '`' && backticks_ == visible_ ? backticks_ + 1 : backticks_;
  ++visible_;
  if (is_letter(byte)) ++letters_;
  if (kCodeSymbols.find(static_cast<char>(byte)) != kCodeSymbols.npos) ++symbols_;
  before_last_ = last_;
  last_ = byte;
}

void UnitReader::end_word() {
  if (word_bytes_ > 0 && unit_.words.size() < kMostWords) unit_.words.push_back(word_);
  if (!word_has_digits_ && word_bytes_ >= 2) ++unit_.letter_words;
  if (!word_has_digits_ && word_bytes_ >= 3) ++unit_.long_words;
  word_ = kEmptyWord;
  word_bytes_ = 0;
  word_has_digits_ = false;
}

std::optional<Unit> UnitReader::finish(bool is_line_end) {
  read_held_and(std::nullopt);
  end_word();
  const bool toggles_fence = is_line_start_ && backticks_ >= 3;
  unit_.end = offset_;
  unit_.is_fenced = is_fenced_ || toggles_fence;
  unit_.ends_sentence = ends_sentence(last_) && before_last_ != '.';
  unit_.is_plain =
      !unit_.is_fenced && letters_ * 100 >= visible_ * 70 && symbols_ * 100 <= visible_ * 5;
  unit_.is_prose = unit_.is_plain && unit_.letter_words >= 4;
  if (toggles_fence) is_fenced_ = !is_fenced_;
  const bool is_empty = visible_ == 0;
  Unit finished = std::move(unit_);
  begin_unit(is_line_end);
  if (is_empty) return std::nullopt;
  return finished;
}

void UnitReader::begin_unit(bool is_line_start) {
  unit_ = {};
  unit_.begin = offset_;
  unit_.exact = kEmptyHash;
  unit_.without_numbers = kEmptyHash;
  is_line_start_ = is_line_start;
  place_ = is_line_start ? Place::Indent : Place::Body;
  held_.clear();
  pending_space_ = false;
  last_ = before_last_ = 0;
  backticks_ = visible_ = letters_ = symbols_ = 0;
  word_ = kEmptyWord;
  word_bytes_ = 0;
  word_has_digits_ = in_number_ = false;
}

}  // namespace temper::agent
