// A stream of text as lines and sentences, each with what a reader sees at a glance: is it
// prose, does it differ from another only in numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace temper::agent {

// A line, or a sentence within a line; very long ones come in pieces.
struct Unit {
  std::uint64_t begin = 0;  // where it stands in the stream
  std::uint64_t end = 0;
  // Of its text without the bullet or the number of a list item, and with one space for
  // any white space; and the same with one sign for any number.
  std::uint64_t exact = 0;
  std::uint64_t without_numbers = 0;
  std::vector<std::uint32_t> words = {};  // hashes of words and numbers, in lower case
  std::uint32_t letter_words = 0;         // words of two letters and more
  std::uint32_t long_words = 0;           // of three and more
  bool is_item = false;
  bool is_plain = false;  // mostly letters, no code
  bool is_prose = false;  // plain, and four words and more
  bool ends_sentence = false;
  bool is_fenced = false;  // between ``` lines
};

class UnitReader {
 public:
  // The unit that this byte ends, if it does; none that is only white space.
  std::optional<Unit> read(std::uint8_t byte);

  // Is the line that is being written between ``` lines?
  bool is_fenced() const { return is_fenced_; }

 private:
  enum class Place { Indent, Number, Mark, Body };  // in a line, or in a sentence: Body

  void read_start_of_line(std::uint8_t byte);
  void read_held_and(std::optional<std::uint8_t> byte);
  void read_body(std::uint8_t byte);
  void end_word();
  std::optional<Unit> finish(bool is_line_end);
  void begin_unit(bool is_line_start);

  std::uint64_t offset_ = 0;
  bool is_fenced_ = false;

  Unit unit_ = {};
  Place place_ = Place::Indent;
  std::vector<std::uint8_t> held_ = {};  // what may turn out to be the mark of an item
  bool is_line_start_ = true;
  bool pending_space_ = false;
  std::uint8_t last_ = 0;  // byte that is no white space
  std::uint8_t before_last_ = 0;
  std::uint32_t backticks_ = 0;  // at the start of the line
  std::uint32_t visible_ = 0;    // bytes that are no white space
  std::uint32_t letters_ = 0;
  std::uint32_t symbols_ = 0;  // those that code is full of
  std::uint32_t word_ = 0;     // hash of the word that is being written
  std::uint32_t word_bytes_ = 0;
  bool word_has_digits_ = false;
  bool in_number_ = false;
};

}  // namespace temper::agent
