#include "base/capture.h"

#include <algorithm>

#include "base/format.h"
#include "base/utf8.h"

namespace temper {
namespace {

std::uint64_t count_newlines(std::string_view bytes) {
  return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

// A cut may cost at most a quarter of what is kept.
std::size_t near_enough(std::string_view kept) { return kept.size() / 4; }

std::string_view cut_end(std::string_view head) {
  const std::size_t newline = head.rfind('\n');
  if (newline != head.npos && head.size() - (newline + 1) <= near_enough(head)) {
    return head.substr(0, newline + 1);
  }
  return drop_split_end(head);
}

std::string_view cut_start(std::string_view tail) {
  const std::size_t newline = tail.find('\n');
  if (newline != tail.npos && newline + 1 <= near_enough(tail)) return tail.substr(newline + 1);
  return drop_split_start(tail);
}

std::string gap_note(std::uint64_t bytes, std::uint64_t lines) {
  const std::string in_lines =
      lines == 0 ? "" : format(" ({} {})", format_grouped(lines), lines == 1 ? "line" : "lines");
  return format("[... {} {}{} left out ...]\n", format_grouped(bytes),
                bytes == 1 ? "byte" : "bytes", in_lines);
}

}  // namespace

void OutputCapture::feed(std::string_view bytes) {
  if (bytes.empty()) return;
  total_bytes_ += bytes.size();
  newlines_ += count_newlines(bytes);
  ends_line_ = bytes.back() == '\n';

  const std::size_t to_head = std::min(bytes.size(), head_limit_ - head_.size());
  head_.append(bytes.substr(0, to_head));
  feed_tail(bytes.substr(to_head));
}

void OutputCapture::feed_tail(std::string_view bytes) {
  if (bytes.size() >= tail_limit_) {
    tail_.assign(bytes.substr(bytes.size() - tail_limit_));
    tail_start_ = 0;
    return;
  }
  const std::size_t to_fill = std::min(bytes.size(), tail_limit_ - tail_.size());
  tail_.append(bytes.substr(0, to_fill));
  bytes.remove_prefix(to_fill);
  while (!bytes.empty()) {
    const std::size_t run = std::min(bytes.size(), tail_limit_ - tail_start_);
    tail_.replace(tail_start_, run, bytes.substr(0, run));
    tail_start_ = (tail_start_ + run) % tail_limit_;
    bytes.remove_prefix(run);
  }
}

std::string OutputCapture::text() const {
  const std::string end = tail_.substr(tail_start_) + tail_.substr(0, tail_start_);
  if (is_complete()) return head_ + end;

  const std::string_view head = cut_end(head_);
  const std::string_view tail = cut_start(end);
  std::string text(head);
  if (!head.empty() && !head.ends_with('\n')) text += '\n';
  text += gap_note(total_bytes_ - head.size() - tail.size(),
                   newlines_ - count_newlines(head) - count_newlines(tail));
  text += tail;
  return text;
}

}  // namespace temper
