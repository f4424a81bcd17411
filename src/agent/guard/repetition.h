// What a guard says when it has seen enough.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace temper::agent {

// What a reader would call it.
enum class RepetitionKind {
  Block,     // the same bytes again and again: a character, a word, a sentence, a page
  Lines,     // the same lines or sentences in turn, but for the numbers in lists
  Numbers,   // sentences that differ in nothing but their numbers
  Circling,  // no sentence is new, though their order is
};

std::string_view repetition_kind_name(RepetitionKind kind);  // "block", ...

// Where in a stream, and how often.
struct Repetition {
  RepetitionKind kind = RepetitionKind::Block;
  std::uint64_t begin = 0;       // of the first of those that are alike
  std::uint64_t end = 0;         // behind the byte at which it was clear
  std::uint64_t unit_bytes = 0;  // of the last of them
  std::uint64_t times = 0;       // whole ones; for Circling an estimate

  bool operator==(const Repetition&) const = default;
};

// How much a reader puts up with.
enum class Tolerance {
  Prose,   // text and thinking
  Fenced,  // between ``` lines there: code, data, drawings
  File,    // an argument of a call: a generated table may have 10,000 rows
};

}  // namespace temper::agent
