// Cuts text into words, within which alone tokens are merged.
//
// A model was trained with one way to cut, which its file names ("qwen2"); the
// original is always a regular expression, and each here is the same in code that
// looks at every character a constant number of times. Bytes that are not UTF-8
// are cut like U+FFFD would be.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace temper::engine {

// How many bytes the first word of `rest` has, from 1; `rest` must not be empty.
// The words of a text are found by taking off one after the other.
using WordLength = std::size_t (*)(std::string_view rest);

// Each in the file of its family.
std::size_t word_length_qwen2(std::string_view rest);
std::size_t word_length_qwen35(std::string_view rest);
std::size_t word_length_llama_bpe(std::string_view rest);
std::size_t word_length_tekken(std::string_view rest);
std::size_t word_length_gpt_4o(std::string_view rest);
std::size_t word_length_gpt_2(std::string_view rest);
std::size_t word_length_default(std::string_view rest);
std::size_t word_length_lines(std::string_view rest);

struct PreTokenizer {
  std::string_view name;  // tokenizer.ggml.pre
  WordLength word_length = nullptr;
  // A word that is a token is that token, however it would be merged.
  bool whole_words_first = false;
  // Whether texts begin with BOS where the file does not say.
  bool adds_bos = false;
};

// Unsupported, with the names there are, for one that is not known.
Result<PreTokenizer> find_pre_tokenizer(std::string_view name);

}  // namespace temper::engine
