#include "agent/evidence/failure.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "agent/evidence/messages.h"
#include "agent/evidence/output_lines.h"
#include "agent/evidence/places.h"
#include "agent/evidence/scan.h"
#include "base/ascii.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kProblems = 6;
constexpr std::size_t kFrames = 40;
constexpr std::size_t kMessageBytes = 300;
constexpr std::size_t kIncludeRoots = 16;

// "error: x", "fatal error: x", "error TS2307: x", "error[E0432]: x".
bool says_error(std::string_view text) {
  take(text, "fatal ");
  return text.starts_with("error:") || text.starts_with("error ") || text.starts_with("error[");
}

bool is_remark(std::string_view text) {
  return text.starts_with("warning") || text.starts_with("note:") || text.starts_with("In file");
}

// "TypeError: x", "Error [ERR_X]: x", "builtins.ValueError: x": a name, then a colon.
bool is_exception_line(std::string_view line) {
  take(line, "Uncaught ");
  std::size_t end = 0;
  while (end < line.size() && (is_name_byte(line[end]) || line[end] == '.')) ++end;
  const std::string_view name = line.substr(0, end);
  if (!name.ends_with("Error") && !name.ends_with("Exception")) return false;
  const std::string_view rest = line.substr(end);
  return rest.empty() || rest.starts_with(":") || rest.starts_with(" [");
}

class Reader {
 public:
  explicit Reader(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  Failure read() {
    for (at_ = 0; at_ < lines_.size(); ++at_) {
      read_include_roots(lines_[at_]);
      if (failure_.problems.size() == kProblems) continue;
      if (read_traceback() || read_pytest() || read_panic()) continue;
      if (read_placed() || read_rust() || read_message()) continue;
    }
    return std::move(failure_);
  }

 private:
  std::string_view line(std::size_t number) const {
    return number < lines_.size() ? std::string_view(lines_[number]) : std::string_view();
  }

  void add(std::string_view message, std::vector<Frame> frames,
           std::optional<ProblemKind> kind = {}) {
    Problem problem;
    message = truncate_bytes(trim(message), kMessageBytes);
    problem.message = message;
    problem.frames = std::move(frames);
    if (std::optional<Meaning> meaning = meaning_of(message)) {
      problem.kind = meaning->kind;
      problem.module = std::move(meaning->module);
      problem.symbol = std::move(meaning->symbol);
      problem.owner = std::move(meaning->owner);
      problem.file = std::move(meaning->file);
    }
    if (kind && problem.kind == ProblemKind::Other) problem.kind = *kind;
    const auto same = [&](const Problem& other) {
      return other.message == problem.message && (problem.frames.empty() || other.frames.empty() ||
                                                  other.frames.back() == problem.frames.back());
    };
    auto& problems = failure_.problems;
    if (std::none_of(problems.begin(), problems.end(), same)) problems.push_back(problem);
  }

  // A traceback of Python: frames, and behind them, as far left as its head, the message.
  bool read_traceback() {
    const bool has_head = trim(line(at_)).starts_with("Traceback (most recent call last)");
    if (!has_head && !python_frame(line(at_))) return false;
    const std::size_t indent = indent_of(line(at_));
    const std::size_t margin = has_head ? indent : indent - std::min<std::size_t>(indent, 2);
    std::vector<Frame> frames;
    std::size_t end = has_head ? at_ + 1 : at_;
    for (; end < lines_.size() && indent_of(line(end)) > margin; ++end) {
      std::optional<Frame> frame = python_frame(line(end));
      if (!frame) continue;
      if (frames.size() == kFrames) frames.erase(frames.begin());
      frames.push_back(std::move(*frame));
    }
    const std::string_view message = trim(line(end));
    if (frames.empty() || message.empty()) return false;
    add(message, std::move(frames));
    at_ = end;
    return true;
  }

  static bool is_pytest_head(std::string_view text) {
    return text.starts_with("____") || text.starts_with("====");
  }

  // "E   message" of pytest, with the places named in the same section.
  bool read_pytest() {
    if (!line(at_).starts_with("E   ")) return false;
    std::vector<Frame> frames;
    std::size_t begin = at_;
    while (begin > 0 && at_ - begin < 400 && !is_pytest_head(line(begin - 1))) --begin;
    std::size_t end = at_;
    while (end < lines_.size() && end - at_ < 60 && !is_pytest_head(line(end))) ++end;
    for (std::size_t each = begin; each < end; ++each) {
      if (indent_of(line(each)) > 0) continue;
      std::optional<PlacedLine> placed = place_at_start(line(each));
      if (!placed || placed->frame.line == 0) continue;
      if (take(placed->rest, "in ")) placed->frame.function = placed->rest;
      if (frames.size() < kFrames) frames.push_back(std::move(placed->frame));
    }
    add(line(at_).substr(4), std::move(frames), ProblemKind::Assertion);
    at_ = end - 1;
    return true;
  }

  // "thread 'x' panicked at src/lib.rs:3:5:" with the message behind it, and Go's "panic: x".
  bool read_panic() {
    const std::string_view text = line(at_);
    const std::size_t place = text.find(" panicked at ");
    if (text.starts_with("thread '") && place != text.npos) {
      std::optional<PlacedLine> placed = place_at_start(text.substr(place + 13));
      if (!placed) return false;
      add(line(at_ + 1), {std::move(placed->frame)}, ProblemKind::Assertion);
      ++at_;
      return true;
    }
    if (!text.starts_with("panic: ")) return false;
    add(text, stack_behind(at_ + 1, 60), ProblemKind::Other);
    return true;
  }

  // The stack that begins within the next lines; printed innermost first, so turned round.
  std::vector<Frame> stack_behind(std::size_t from, std::size_t reach) const {
    std::vector<Frame> frames;
    std::string_view function;
    for (std::size_t each = from; each < lines_.size() && each < from + reach; ++each) {
      if (is_exception_line(trim(line(each)))) break;
      std::optional<Frame> frame = stack_frame(line(each));
      if (frame) {
        if (frame->function.empty() && frame->path.ends_with(".go")) frame->function = function;
        if (frames.size() < kFrames) frames.push_back(std::move(*frame));
      }
      function = last_name(line(each).substr(0, line(each).rfind('(')));
    }
    std::reverse(frames.begin(), frames.end());
    return frames;
  }

  // "place: error: message", and what go and its tests write without saying "error".
  bool read_placed() {
    std::optional<PlacedLine> placed = place_at_start(line(at_));
    if (!placed) return read_placed_behind_program();
    if (placed->rest.empty() || is_remark(placed->rest)) return true;
    if (placed->rest.starts_with("+0x")) return true;  // a frame of Go
    const bool is_go = placed->frame.path.ends_with(".go");
    const bool is_test = placed->frame.path.ends_with("_test.go") && indent_of(line(at_)) > 0;
    if (!says_error(placed->rest) && !is_go && !meaning_of(placed->rest)) return false;
    if (placed->rest.starts_with("in function") || placed->rest.starts_with("In ")) return true;
    add(placed->rest, {std::move(placed->frame)},
        is_test ? std::optional(ProblemKind::Assertion) : std::nullopt);
    return true;
  }

  // "/usr/bin/ld: main.c:(.text+0x5): undefined reference", "a.out: a.c:3: f: Assertion failed".
  bool read_placed_behind_program() {
    const std::size_t colon = line(at_).find(": ");
    if (colon == std::string_view::npos) return false;
    std::optional<PlacedLine> placed = place_at_start(line(at_).substr(colon + 2));
    if (!placed || !meaning_of(placed->rest)) return false;
    add(placed->rest, {std::move(placed->frame)});
    return true;
  }

  // "error[E0432]: message", the place stands below behind an arrow.
  bool read_rust() {
    if (!says_error(line(at_))) return false;
    for (std::size_t each = at_ + 1; each < at_ + 5; ++each) {
      if (!trim(line(each)).starts_with("--> ")) continue;
      std::optional<Frame> frame = stack_frame(line(each));
      if (!frame) return false;
      add(line(at_), {std::move(*frame)});
      return true;
    }
    return false;
  }

  // A message that stands alone; the place is told in it, below it or above it.
  bool read_message() {
    const std::string_view text = trim(line(at_));
    if (text.empty() || is_quoted_code(text) || text.starts_with("FAILED ") ||
        text.starts_with("ERROR tests"))
      return false;
    const std::optional<Meaning> meaning = meaning_of(text);
    if (is_remark(text) || (!meaning && !is_exception_line(text))) return false;
    std::vector<Frame> frames = stack_behind(at_ + 1, text.starts_with("expect(") ? 30 : 16);
    if (frames.empty()) frames = place_told(text);
    if (frames.empty()) frames = place_above();
    if (!meaning && frames.empty()) return false;
    add(text, std::move(frames));
    return true;
  }

  static std::vector<Frame> place_told(std::string_view text) {
    for (std::string_view before : {" imported from ", "' from '", "\" from \""}) {
      const std::size_t place = text.find(before);
      if (place == text.npos) continue;
      std::string_view path = text.substr(place + before.size());
      path = path.substr(0, path.find_first_of("'\""));
      take(path, "file://");
      if (!path.empty()) return {Frame{std::string(path)}};
    }
    return {};
  }

  std::vector<Frame> place_above() const {
    for (std::size_t back = 1; back <= 5 && back <= at_; ++back) {
      std::string_view text = trim(line(at_ - back));
      const std::optional<PlacedLine> placed = place_at_start(text);
      if (placed && placed->rest.empty()) return {placed->frame};
      take(text, "ERROR in ");
      const std::string_view path = text.substr(0, text.find(' '));
      if (path.starts_with("./") && path.size() > 2) return {Frame{std::string(path)}};
    }
    return {};
  }

  void read_include_roots(std::string_view text) {
    for (std::string_view flag : {"-I", "-isystem", "-iquote"}) {
      for (std::size_t place = text.find(flag); place != text.npos;
           place = text.find(flag, place + 1)) {
        if (place > 0 && text[place - 1] != ' ') continue;
        std::string_view root = trim(text.substr(place + flag.size()));
        root = root.substr(0, root.find_first_of(" \t\"'"));
        auto& roots = failure_.include_roots;
        if (root.empty() || root.front() == '-' || roots.size() == kIncludeRoots) continue;
        if (std::find(roots.begin(), roots.end(), root) == roots.end()) roots.emplace_back(root);
      }
    }
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  Failure failure_;
};

}  // namespace

std::string_view kind_name(ProblemKind kind) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "missing module", "missing file", "unknown symbol", "wrong arguments",
      "assertion",      "syntax",       "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

Failure read_failure(std::string_view output) { return Reader(output_lines(output)).read(); }

}  // namespace temper::agent
