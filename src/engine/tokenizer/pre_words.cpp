// qwen2, qwen35 and llama-bpe: words with one character before them, digits one by
// one or in threes.
//
//   '(s|t|re|ve|m|ll|d)  in any case
//   [^\r\n\p{L}\p{N}]?\p{L}+
//   \p{N}  or  \p{N}{1,3}
//   ?[^\s\p{L}\p{N}]+[\r\n]*   (after an optional space)
//   \s*[\r\n]+ | \s+(?!\S) | \s+
//
// For qwen35, marks count as letters, but as a character before a word too.
#include "engine/tokenizer/characters.h"
#include "engine/tokenizer/pre_tokenizer.h"

namespace temper::engine {
namespace {

enum class Marks { Apart, AsLetters };

template <Marks marks, std::size_t digits>
std::size_t word_length(std::string_view rest) {
  const auto in_word = [](const Character& c) {
    return c.is_letter() || (marks == Marks::AsLetters && c.is_mark());
  };
  const auto in_symbols = [&](const Character& c) {
    return !in_word(c) && !c.is_number() && !c.is_space();
  };

  if (const std::size_t end = skip_contraction(rest, 0, Case::Any); end > 0) return end;

  const Character first = character_at(rest, 0);
  if (in_word(first)) return skip_while(rest, 0, in_word);
  if (first.is_number()) {
    return skip_up_to(rest, 0, digits, [](const Character& c) { return c.is_number(); });
  }
  if (!first.is_newline()) {
    const std::size_t end = skip_while(rest, first.bytes, in_word);
    if (end > first.bytes) return end;
  }
  const std::size_t start = first.value == ' ' ? 1 : 0;
  if (const std::size_t end = skip_while(rest, start, in_symbols); end > start) {
    return skip_while(rest, end, [](const Character& c) { return c.is_newline(); });
  }
  return white_space_length(rest);
}

}  // namespace

std::size_t word_length_qwen2(std::string_view rest) { return word_length<Marks::Apart, 1>(rest); }
std::size_t word_length_qwen35(std::string_view rest) {
  return word_length<Marks::AsLetters, 1>(rest);
}
std::size_t word_length_llama_bpe(std::string_view rest) {
  return word_length<Marks::Apart, 3>(rest);
}

}  // namespace temper::engine
