// An object or a list as a model spells it, to JSON, byte by byte.
//
// Right JSON passes as it is, letter for letter. What models get wrong and nobody could
// misread is put right: control characters in a text, unknown escapes, a comma before a
// closing bracket, Python's True, False and None. Knows where it ends; that
// names are unique and numbers fit is seen by who parses the result.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace temper::engine {

enum class ObjectSpelling : std::uint8_t {
  Json,
  Gemma,  // also bare keys, bare texts, 'texts' and <|"|>texts<|"|>
};

class JsonTranscoder {
 public:
  enum class State : std::uint8_t { More, Done, Bad };
  static constexpr std::size_t kMaxDepth = 100;

  explicit JsonTranscoder(ObjectSpelling spelling = ObjectSpelling::Json) : spelling_(spelling) {}

  // The next byte. Appends what is certain to `json`. White space before it is left
  // out. After Done and Bad, nothing more may come.
  State feed(char byte, std::string& json);
  // The next symbol is Gemma's quote.
  State feed_quote(std::string& json);

  // After Bad: "a value was expected, not ]".
  const std::string& why() const { return why_; }
  bool in_text() const { return place_ == Place::Text; }

 private:
  enum class Place : std::uint8_t {
    Top,
    FirstKey,  // or the end of the object
    Key,       // after a comma
    Colon,
    FirstItem,  // or the end of the list
    Value,
    After,  // a value
    Text,
    Word,
    End,
  };
  enum class Quote : std::uint8_t { Double, Single, Marker };

  State step(char byte, std::string& json);
  State expect_key(char byte, std::string& json);
  State expect_value(char byte, std::string& json);
  State after_value(char byte, std::string& json);
  State in_text(char byte, std::string& json);
  State in_escape(char byte, std::string& json);
  State in_word(char byte, std::string& json);
  State open(char byte, std::string& json);
  State close(char byte, std::string& json);
  State begin_text(Quote quote, std::string& json);
  State end_text(std::string& json);
  State bad(std::string why);
  void give_separator(std::string& json);

  ObjectSpelling spelling_;
  Place place_ = Place::Top;
  Quote quote_ = Quote::Double;
  bool text_is_key_ = false;
  std::string escape_;     // what has come of one, the backslash too
  std::string word_;       // a number, a bare word
  std::string separator_;  // a comma and white space, given when something follows
  std::vector<char> open_;
  std::string why_;
};

}  // namespace temper::engine
