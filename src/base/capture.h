// Keeps the beginning and the end of an output of any length, in constant memory.
//
// The beginning says what was run, the end says how it went; a flood in between
// costs one look at each byte. Bytes are kept as they come: whether they are
// text, and what escape sequences in them mean, is the reader's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace temper {

class OutputCapture {
 public:
  // Keeps at most the first `head_bytes` and the last `tail_bytes`. Memory grows
  // to their sum only as bytes come.
  OutputCapture(std::size_t head_bytes, std::size_t tail_bytes)
      : head_limit_(head_bytes), tail_limit_(tail_bytes) {}

  // How the bytes are cut into calls makes no difference to anything below.
  void feed(std::string_view bytes);

  // All of it where it fits. Otherwise its beginning, a line of its own that says
  // "[... 1,234,567 bytes (20,345 lines) left out ...]", and its end; cut between
  // lines where a line ends nearby, and never inside a UTF-8 sequence.
  std::string text() const;

  // Of everything that was fed, kept or not. A last line without its newline counts.
  std::uint64_t total_bytes() const { return total_bytes_; }
  std::uint64_t total_lines() const {
    return newlines_ + (total_bytes_ > 0 && !ends_line_ ? 1 : 0);
  }
  bool is_complete() const { return total_bytes_ == head_.size() + tail_.size(); }

 private:
  void feed_tail(std::string_view bytes);

  std::size_t head_limit_;
  std::size_t tail_limit_;
  std::string head_;
  std::string tail_;            // a ring once it is full
  std::size_t tail_start_ = 0;  // where its oldest byte is
  std::uint64_t total_bytes_ = 0;
  std::uint64_t newlines_ = 0;
  bool ends_line_ = false;
};

}  // namespace temper
