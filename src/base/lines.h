// Lines out of bytes that arrive in pieces: the framing under JSON Lines,
// server-sent events and the output of processes.
//
// The same bytes give the same lines, however they were cut. Knows nothing of
// encodings: text is handed out byte for byte.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace temper {

enum class LineEnds {
  Newline,  // "\n" and "\r\n"; a lone "\r" is text
  Any,      // "\n", "\r\n" and a lone "\r", as server-sent events and progress bars need
};

enum class LongLines {
  Refuse,    // an error, for protocols: what follows has lost its meaning
  Truncate,  // the beginning is handed out, the rest counted and dropped
};

struct LineOptions {
  LineEnds ends = LineEnds::Newline;
  LongLines long_lines = LongLines::Refuse;
  std::size_t max_bytes = 16 * 1024 * 1024;  // of one line, without its end
};

struct Line {
  std::string_view text;     // without its end; live until the reader is used again
  std::size_t number = 0;    // from 1
  std::size_t left_out = 0;  // bytes dropped behind `text`
  bool terminated = true;    // false: the bytes ended before the line did

  bool operator==(const Line&) const = default;
};

// Use: feed, then next until it has nothing, again and again; at the end, finish and
// next once more. Holds at most one line of max_bytes if next is called so.
class LineReader {
 public:
  explicit LineReader(LineOptions options = {}) : options_(options) {}

  void feed(std::string_view bytes);
  // No more bytes will come: next now hands out an unterminated last line.
  void finish() { finished_ = true; }

  // The next line, or nothing until more is fed. Fails with Limit at a line that is
  // too long and to be refused, and then always.
  Result<std::optional<Line>> next();

 private:
  // Where the end of the current line begins; npos if it is not here yet.
  std::size_t find_end() const;
  // Whether the line's byte before `end` is a "\r" that a "\n" at `end` takes with it.
  bool return_stands_before(std::size_t end) const;
  Result<std::optional<Line>> hand_out(std::size_t end, std::size_t next_start);
  Result<std::optional<Line>> wait();
  Error refuse();

  LineOptions options_;
  std::string input_;
  std::size_t start_ = 0;      // of the current line in input_
  std::size_t scanned_ = 0;    // no line ends in input_[start_, scanned_)
  std::size_t dropped_ = 0;    // bytes of the current line that stood behind its first max_bytes
  std::size_t lines_ = 0;      // handed out
  bool after_return_ = false;  // a "\n" at start_ belongs to the line before
  bool finished_ = false;
  std::optional<Error> failed_;
};

}  // namespace temper
