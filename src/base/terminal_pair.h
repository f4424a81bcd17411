// A pseudo-terminal: what makes a program believe that a person is looking.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace temper {

struct TerminalSize {
  unsigned short columns = 80;
  unsigned short rows = 24;

  bool operator==(const TerminalSize&) const = default;
};

// What is written to one end is read from the other. Both are closed on exec.
struct TerminalPair {
  UniqueFd ours;    // typing and seeing
  UniqueFd theirs;  // what the program gets as its terminal
};

Result<TerminalPair> open_terminal_pair(TerminalSize size);

// Tells the programs on it, too (SIGWINCH).
Result<void> resize_terminal(int descriptor, TerminalSize size);

}  // namespace temper
