// The words of the dialects that control tokens stand for, and finding them in what a
// model writes.
//
// A marker is found in a control token, or in text where the vocabulary has no token for
// it: what a model merely quotes stays text. What a marker means is up to who reads on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dialect/dialect.h"

namespace temper::engine {

enum class MarkerKind : std::uint8_t {
  None,
  ThinkOpen,
  ThinkClose,
  CallOpen,
  CallClose,
  Arguments,  // Mistral's [ARGS]
  CallId,     // and [CALL_ID]
  Quote,      // Gemma's <|"|>
  TurnEnd,
  Start,  // from here on Harmony's
  Channel,
  Constrain,
  Message,
  MessageEnd,
};

struct Marker {
  MarkerKind kind = MarkerKind::None;
  std::string_view text;
};

// Those of a family; none is the beginning of another.
std::span<const Marker> markers_of(DialectFamily family);

// What a model wrote, one thing after the other: a byte of text, or a marker.
struct Symbol {
  char byte = 0;
  const Marker* marker = nullptr;  // then `byte` is 0
  bool in_text = false;            // the marker was found in text

  MarkerKind kind() const { return marker == nullptr ? MarkerKind::None : marker->kind; }
  std::string_view text() const {
    return marker == nullptr ? std::string_view(&byte, 1) : marker->text;
  }
};

class SymbolSink {
 public:
  virtual ~SymbolSink() = default;
  virtual void symbol(const Symbol& symbol) = 0;
};

// Pieces of bytes to valid UTF-8 that divides no character, wherever the pieces do.
class CharacterJoiner {
 public:
  std::string add(std::string_view bytes);
  std::string finish();  // what is held has no end: U+FFFD, if there is anything

 private:
  std::string split_;  // the beginning of a character
};

// Pieces of bytes to symbols. The text is made valid UTF-8.
class SymbolReader {
 public:
  // `control_tokens`: the texts that the vocabulary has as tokens. `sink` must outlive it.
  SymbolReader(DialectFamily family, const std::vector<std::string>& control_tokens,
               SymbolSink& sink);

  void add(std::string_view bytes, bool is_control_token);
  // What is held has no end.
  void finish();

 private:
  void add_byte(char byte);
  void give_first_byte();

  std::span<const Marker> markers_;
  std::vector<const Marker*> in_text_;  // those that are found in text
  SymbolSink& sink_;
  CharacterJoiner characters_;
  std::string held_;  // the beginning of a marker
};

}  // namespace temper::engine
