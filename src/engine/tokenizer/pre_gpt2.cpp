// gpt-2, and default, which cuts the same words further.
//
// gpt-2: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)
// What no alternative matches, one white space before a word, is a word too.
//
// default does so within what [\p{P}$+<=>^~|]+ leaves, with those runs as words; then it
// parts numbers from the space before them, and cuts them at [0-9][0-9][0-9].
#include "engine/tokenizer/characters.h"
#include "engine/tokenizer/pre_tokenizer.h"

namespace temper::engine {
namespace {

bool is_number(const Character& c) { return c.is_number(); }

// gpt-2's word; a character that `ends` accepts is the end of the text.
template <typename Ends>
std::size_t word_length(std::string_view rest, const Ends& ends) {
  const auto peek = [&](std::size_t at) {
    const Character c = character_at(rest, at);
    return c.is_end() || ends(c) ? Character{} : c;
  };
  const auto skip = [&](std::size_t at, const auto& wanted) {
    return skip_while(rest, at, [&](const Character& c) { return !ends(c) && wanted(c); });
  };
  const auto is_letter = [](const Character& c) { return c.is_letter(); };
  const auto is_symbol = [](const Character& c) {
    return !c.is_letter() && !c.is_number() && !c.is_space();
  };

  const std::size_t start = rest[0] == ' ' ? 1 : 0;
  const Character first = peek(start);
  if (first.is_letter()) return skip(start, is_letter);
  if (first.is_number()) return skip(start, is_number);
  if (!first.is_end() && is_symbol(first)) return skip(start, is_symbol);

  std::size_t end = 0;
  std::size_t last = 0;
  Character c = peek(0);
  for (; c.is_space(); c = peek(end)) {
    last = end;
    end += c.bytes;
  }
  return c.is_end() || last == 0 ? end : last;
}

// The first word of a run of numbers that is cut at three ASCII digits in a row.
std::size_t digits_length(std::string_view rest) {
  const auto is_digit = [](const Character& c) { return c.value >= '0' && c.value <= '9'; };
  std::size_t before = 0;  // what stands before the first three
  while (true) {
    const std::size_t end = skip_up_to(rest, before, 3, is_digit);
    if (end == before + 3) return before > 0 ? before : end;
    const Character c = character_at(rest, end);
    if (!c.is_number()) return end;
    before = end + c.bytes;
  }
}

bool is_cut_off(const Character& c) {
  return c.kind == CodePointKind::Punctuation ||
         (c.value < 0x80 && c.kind == CodePointKind::Symbol && c.value != '`');
}

}  // namespace

std::size_t word_length_gpt_2(std::string_view rest) {
  if (const std::size_t end = skip_contraction(rest, 0, Case::Exact); end > 0) return end;
  return word_length(rest, [](const Character&) { return false; });
}

std::size_t word_length_default(std::string_view rest) {
  const Character first = character_at(rest, 0);
  if (is_cut_off(first)) return skip_while(rest, 0, is_cut_off);
  if (first.is_number()) return digits_length(rest);
  if (first.value == ' ' && character_at(rest, 1).is_number()) return 1;
  return word_length(rest, is_cut_off);
}

}  // namespace temper::engine
