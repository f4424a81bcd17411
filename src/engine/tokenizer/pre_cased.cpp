// tekken and gpt-4o: words also end where capitals begin.
//
//   [^\r\n\p{L}\p{N}]?U*L+  |  [^\r\n\p{L}\p{N}]?U+L*   (gpt-4o: then '(s|t|re|ve|m|ll|d)
//                                                        in any case, optional)
//   \p{N}  (gpt-4o: {1,3})
//   ?[^\s\p{L}\p{N}]+[\r\n/]*   (after an optional space)
//   \s*[\r\n]+ | \s+(?!\S) | \s+
//
// U is any letter but a-z, L any letter but A-Z: a letter that is not ASCII is both.
#include "engine/tokenizer/characters.h"
#include "engine/tokenizer/pre_tokenizer.h"

namespace temper::engine {
namespace {

bool is_ascii_upper(const Character& c) { return c.value >= 'A' && c.value <= 'Z'; }
bool is_ascii_lower(const Character& c) { return c.value >= 'a' && c.value <= 'z'; }
bool is_upper(const Character& c) { return c.is_letter() && !is_ascii_lower(c); }
bool is_lower(const Character& c) { return c.is_letter() && !is_ascii_upper(c); }

// The end of U*L+|U+L* at `start`, or `start`. U* takes all it can; if no L follows,
// it gives back from its end until one does: down to the last letter that is both.
std::size_t skip_cased(std::string_view text, std::size_t start) {
  std::size_t end = start;
  std::size_t after_both = start;  // behind the last letter that is U and L
  Character c = character_at(text, end);
  for (; is_upper(c); c = character_at(text, end)) {
    end += c.bytes;
    if (is_lower(c)) after_both = end;
  }
  if (is_ascii_lower(c)) return skip_while(text, end, is_lower);
  return after_both > start ? after_both : end;
}

enum class Contractions { Apart, EndWords };

template <Contractions contractions, std::size_t digits>
std::size_t word_length(std::string_view rest) {
  const Character first = character_at(rest, 0);
  if (first.is_number()) {
    return skip_up_to(rest, 0, digits, [](const Character& c) { return c.is_number(); });
  }
  const std::size_t start = first.is_letter() || first.is_newline() ? 0 : first.bytes;
  if (const std::size_t end = skip_cased(rest, start); end > start) {
    return contractions == Contractions::EndWords ? skip_contraction(rest, end, Case::Any) : end;
  }
  const std::size_t symbols = first.value == ' ' ? 1 : 0;
  const std::size_t end = skip_while(rest, symbols, [](const Character& c) {
    return !c.is_letter() && !c.is_number() && !c.is_space();
  });
  if (end > symbols) {
    return skip_while(rest, end,
                      [](const Character& c) { return c.is_newline() || c.value == '/'; });
  }
  return white_space_length(rest);
}

}  // namespace

std::size_t word_length_tekken(std::string_view rest) {
  return word_length<Contractions::Apart, 1>(rest);
}
std::size_t word_length_gpt_4o(std::string_view rest) {
  return word_length<Contractions::EndWords, 3>(rest);
}

}  // namespace temper::engine
