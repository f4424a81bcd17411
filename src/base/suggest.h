// What a mistyped word was probably meant to be: for commands, keys, tools, paths.
//
// Knows nothing of languages: it counts slips of the finger (a byte missing, added,
// wrong, or two swapped), without regard to the case of ASCII letters.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace temper {

// The candidate nearest to `word`, if one is near enough: at most one slip for every
// three bytes of the longer of the two. A candidate of which `word` is the beginning
// ("doc" of "doctor") counts as one slip away. Of equally near ones, the first. The
// view is the candidate's own. Words of more than 256 bytes have no neighbours.
std::optional<std::string_view> closest(std::string_view word,
                                        std::span<const std::string_view> candidates);

// The end of an error message: ` Did you mean "doctor"?`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace temper
