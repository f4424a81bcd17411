// Whether two edits or two commands are paraphrases of each other: the same thing said with
// other spaces, quotes, names or one word more. Pure.
#pragma once

#include <string_view>

namespace temper::agent {

// From 0, nothing in common, to 1, the same words in the same order. Case, white space, kinds
// of quotes and the values of numbers make no difference.
double similarity(std::string_view a, std::string_view b);

// Alike enough to count as one attempt. Says nothing about which one is right: a cure may
// differ in a single word, so ask it only of attempts that failed in the same way.
bool similar(std::string_view a, std::string_view b);

}  // namespace temper::agent
