#include "base/lines.h"

#include <algorithm>

#include "base/format.h"

namespace temper {

void LineReader::feed(std::string_view bytes) {
  VERIFY(!finished_, "nothing is fed to a line reader after finish");
  input_.erase(0, start_);
  scanned_ -= start_;
  start_ = 0;
  input_.append(bytes);
}

std::size_t LineReader::find_end() const {
  if (options_.ends == LineEnds::Newline) return input_.find('\n', scanned_);
  for (std::size_t at = scanned_; at < input_.size(); ++at) {
    if (input_[at] == '\n' || input_[at] == '\r') return at;
  }
  return std::string::npos;
}

bool LineReader::return_stands_before(std::size_t end) const {
  if (options_.ends != LineEnds::Newline || end == start_ || input_[end - 1] != '\r') return false;
  // After a cut the last of the kept bytes is no neighbour of what comes.
  return dropped_ == 0 || end - start_ > options_.max_bytes;
}

Result<std::optional<Line>> LineReader::next() {
  if (failed_) return *failed_;
  if (after_return_ && start_ < input_.size()) {
    if (input_[start_] == '\n') scanned_ = ++start_;
    after_return_ = false;
  }
  const std::size_t end = find_end();
  if (end == std::string::npos) return wait();
  after_return_ = input_[end] == '\r';
  return hand_out(return_stands_before(end) ? end - 1 : end, end + 1);
}

Result<std::optional<Line>> LineReader::wait() {
  scanned_ = input_.size();
  if (finished_) {
    if (start_ == input_.size() && dropped_ == 0) return std::optional<Line>();
    return hand_out(input_.size(), input_.size());
  }
  // A "\r" in the last place may turn out to be half of the line's end: it is neither
  // counted nor dropped yet.
  const std::size_t text_end = input_.size() - (return_stands_before(input_.size()) ? 1 : 0);
  if (text_end - start_ > options_.max_bytes) {
    if (options_.long_lines == LongLines::Refuse) return refuse();
    const std::size_t kept_end = start_ + options_.max_bytes;
    dropped_ += text_end - kept_end;
    input_.erase(kept_end, text_end - kept_end);
    scanned_ = input_.size();
  }
  return std::optional<Line>();
}

Result<std::optional<Line>> LineReader::hand_out(std::size_t end, std::size_t next_start) {
  const std::size_t in_input = end - start_;
  if (options_.long_lines == LongLines::Refuse && in_input > options_.max_bytes) return refuse();
  Line line;
  line.text = std::string_view(input_).substr(start_, std::min(in_input, options_.max_bytes));
  line.number = ++lines_;
  line.left_out = dropped_ + in_input - line.text.size();
  line.terminated = next_start > end;
  start_ = scanned_ = next_start;
  dropped_ = 0;
  return std::optional<Line>(line);
}

Error LineReader::refuse() {
  failed_ = Error{Code::Limit, format("line {} is longer than {}, the most that is read here",
                                      lines_ + 1, format_bytes(options_.max_bytes))};
  return *failed_;
}

}  // namespace temper
