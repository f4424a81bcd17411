// Small pieces of reading that all readers of outputs and sources share.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

bool is_one_of(std::string_view word, std::span<const std::string_view> words);

// A letter of any alphabet, a digit, "_" or "$".
bool is_name_byte(char byte);

// Whether `word` stands at `place` with no other name byte beside it.
bool is_word_at(std::string_view text, std::size_t place, std::string_view word);
// Where `word` stands so, from `from` on; npos where it does not.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);

// The number at the beginning, at most nine digits; it is taken off `text`.
std::optional<std::size_t> take_number(std::string_view& text);
bool take(std::string_view& text, std::string_view beginning);

std::size_t indent_of(std::string_view line);  // in bytes
std::vector<std::string_view> lines_of(std::string_view text);

// The names that a line of code calls, in order, each once: "lib.tags(a)" gives "lib.tags".
// Key words that look like calls are left out.
std::vector<std::string> called_names(std::string_view line);

// The last name of "a.b::c->d", and all before it, as names: "a", "b", "c".
std::string_view last_name(std::string_view dotted);

}  // namespace temper::agent
