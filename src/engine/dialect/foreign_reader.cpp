#include "engine/dialect/foreign_reader.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "engine/dialect/foreign_candidate.h"
#include "engine/dialect/foreign_cues.h"
#include "engine/dialect/markers.h"
#include "engine/dialect/output.h"
#include "engine/dialect/schemas.h"

namespace temper::engine {
namespace {

constexpr std::size_t kBeforeBytes = 400;
constexpr std::size_t kMaxHeldLine = 1024;
constexpr std::size_t kMaxFenceLine = 80;  // that may close a code block
constexpr std::size_t kIndent = 3;         // of a line that is no code block
constexpr std::string_view kThinkOpen = "<think>";
constexpr std::string_view kThinkClose = "</think>";

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_json_space);
}

// How many of its mark a line begins with, after its indent; 0 where it is no fence.
std::size_t fence_ticks(std::string_view line) {
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  if (indent > kIndent) return 0;
  line.remove_prefix(indent);
  if (line.empty() || (line.front() != '`' && line.front() != '~')) return 0;
  const std::size_t ticks = std::min(line.find_first_not_of(line.front()), line.size());
  return ticks >= 3 ? ticks : 0;
}

// The languages of code blocks that a model puts a call in.
bool may_hold_call(std::string_view info) {
  const std::string language = to_lower_ascii(trim(info));
  constexpr std::string_view kLanguages[] = {"",         "json",    "json5",     "jsonc",
                                             "xml",      "tool",    "tool_call", "tool_code",
                                             "tool_use", "function"};
  return std::find(std::begin(kLanguages), std::end(kLanguages), language) != std::end(kLanguages);
}

}  // namespace

class ForeignReader::State {
 public:
  State(const std::vector<chat::ToolSpec>& tools, std::uint64_t first_call_number)
      : schemas_(tools), output_("\n\n", first_call_number) {}

  std::vector<chat::StreamEvent> add(std::string_view bytes) {
    for (const char byte : characters_.add(bytes)) step(byte);
    return output_.take();
  }

  ReadEnd finish(chat::StopReason why) {
    for (const char byte : characters_.finish()) step(byte);
    end();
    output_.end_speech({});
    const bool ends = why == chat::StopReason::EndOfTurn || why == chat::StopReason::ToolCalls;
    if (ends) {
      why = output_.calls_ended() > 0 ? chat::StopReason::ToolCalls : chat::StopReason::EndOfTurn;
    }
    return {output_.take(), why, {}};
  }

 private:
  enum class Place : std::uint8_t {
    Beginning,  // of all: there may be thinking
    Thinking,
    LineStart,    // `held_` is the line so far
    Line,         // of text
    MaybeWithin,  // `held_` may open a call in the middle of a line
    Fence,        // `held_` is a code block that may hold a call
    OtherFence,   // one that cannot
    Candidate,    // `held_` has what was written of it
    After,        // a call, `after_` is what follows
  };

  void step(char byte) {
    switch (place_) {
      case Place::Beginning: return at_beginning(byte);
      case Place::Thinking: return in_thinking(byte);
      case Place::LineStart: return at_line_start(byte);
      case Place::Line: return in_line(byte);
      case Place::MaybeWithin: return maybe_within(byte);
      case Place::Fence: return in_fence(byte);
      case Place::OtherFence: return in_other_fence(byte);
      case Place::Candidate: return in_candidate(byte);
      case Place::After: return after_call(byte);
    }
  }

  // ---- Text ----

  void say(std::string_view text) {
    if (!found_.empty()) decide(is_blank(text) ? Follows::Nothing : Follows::Text);
    output_.say(SpeechKind::Text, text);
    before_ += text;
    if (before_.size() > 2 * kBeforeBytes) before_.erase(0, before_.size() - kBeforeBytes);
  }

  void steps(std::string_view text) {
    for (const char byte : text) step(byte);
  }

  void at_beginning(char byte) {
    held_ += byte;
    const std::size_t indent = held_.find_first_not_of(' ');
    if (byte == '\n' && indent + 1 == held_.size()) return say(std::exchange(held_, {}));
    if (indent == std::string::npos && held_.size() <= kMaxHeldLine) return;
    const std::string_view text = trim(held_);
    if (text == kThinkOpen) {
      place_ = Place::Thinking;
      held_.clear();
      return;
    }
    if (!text.empty() && kThinkOpen.starts_with(text)) return;
    place_ = Place::LineStart;
    steps(std::exchange(held_, {}));
  }

  void in_thinking(char byte) {
    held_ += byte;
    while (!held_.empty() && !kThinkClose.starts_with(held_)) {
      if (held_.front() != '\n' || thought_) output_.say(SpeechKind::Thinking, held_.substr(0, 1));
      thought_ = true;
      held_.erase(0, 1);
    }
    if (held_ != kThinkClose) return;
    output_.end_speech("\n");
    held_.clear();
    place_ = Place::LineStart;
  }

  void at_line_start(char byte) {
    held_ += byte;
    const std::string_view line = held_;
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent == line.size() && indent <= kIndent) return;
    const std::string_view text = line.substr(indent);
    if (indent <= kIndent && (text.front() == '`' || text.front() == '~')) return maybe_fence(byte);
    if (indent > kIndent || is_json_space(text.front())) return become_text();
    Opening opening = open_call(text, schemas_);
    const bool may_go_on = byte != '\n' || text.find("to=functions.") != text.npos;
    if (opening.opens == Opens::Unclear && may_go_on) return;
    if (opening.opens != Opens::Call) return become_text();
    begin_candidate(std::move(opening), indent);
  }

  // The line so far is text; the rest of it goes on as such.
  void become_text() {
    const std::string line = std::exchange(held_, {});
    place_ = Place::Line;
    steps(line);
  }

  void in_line(char byte) {
    if (byte == '\n') {
      say("\n");
      place_ = Place::LineStart;
      return;
    }
    const char last = before_.empty() ? '\n' : before_.back();
    const bool quoted = last == '`' || last == '"' || last == '\'';
    if ((byte == '[' || byte == '<') && !quoted && !is_list_or_quotation()) {
      place_ = Place::MaybeWithin;
      return maybe_within(byte);
    }
    say(std::string_view(&byte, 1));
  }

  bool is_list_or_quotation() const {
    const std::size_t start = before_.rfind('\n');
    std::string_view line = before_;
    line.remove_prefix(start == std::string::npos ? 0 : start + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    if (digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')'))
      return true;
    return !line.empty() && std::string_view(">-*|#+").find(line.front()) != std::string_view::npos;
  }

  void maybe_within(char byte) {
    held_ += byte;
    Opening opening = open_call_within_line(held_, schemas_);
    if (opening.opens == Opens::Unclear) return;
    if (opening.opens == Opens::Call) return begin_candidate(std::move(opening), 0);
    const std::string text = std::exchange(held_, {});
    place_ = Place::Line;
    say(text.substr(0, 1));
    steps(std::string_view(text).substr(1));
  }

  // ---- Code blocks ----

  void maybe_fence(char byte) {
    if (byte != '\n') {
      const std::size_t size = held_.size();
      const bool no_fence = size == kIndent + 3 && fence_ticks(held_) == 0;
      if (no_fence || size > kMaxHeldLine) become_text();
      return;
    }
    const std::size_t ticks = fence_ticks(held_);
    if (ticks == 0) return become_text();
    const std::size_t indent = held_.find_first_not_of(' ');
    fence_ = held_.substr(indent, ticks);
    info_ = held_.substr(indent + ticks);
    line_begin_ = content_begin_ = held_.size();
    fence_has_words_ = false;
    place_ = may_hold_call(info_) ? Place::Fence : Place::OtherFence;
    if (place_ == Place::OtherFence) say(std::exchange(held_, {}));
  }

  bool closes_fence(std::string_view line) const {
    line = trim(line);
    return line.size() >= fence_.size() && line.find_first_not_of(fence_.front()) == line.npos;
  }

  void in_fence(char byte) {
    held_ += byte;
    if (byte != '\n') return;
    const std::string_view line = std::string_view(held_).substr(line_begin_);
    if (closes_fence(line)) return end_fence(line_begin_);
    // Unless its first words open a call, the block need not wait for its end.
    if (!fence_has_words_ && !is_blank(line)) {
      fence_has_words_ = true;
      if (open_call(trim(line), schemas_).opens == Opens::Nothing) {
        say(std::exchange(held_, {}));
        place_ = Place::OtherFence;
        return;
      }
    }
    line_begin_ = held_.size();
  }

  void end_fence(std::size_t content_end) {
    std::vector<ForeignCall> calls = calls_in_block(
        std::string_view(held_).substr(content_begin_, content_end - content_begin_), schemas_);
    if (calls.empty()) return refuse();
    found(std::move(calls));
  }

  void in_other_fence(char byte) {
    say(std::string_view(&byte, 1));
    if (byte != '\n') {
      if (said_line_.size() <= kMaxFenceLine) said_line_ += byte;
      return;
    }
    const std::string line = std::exchange(said_line_, {});
    if (line.size() <= kMaxFenceLine && closes_fence(line)) place_ = Place::LineStart;
  }

  // ---- Calls ----

  void begin_candidate(Opening opening, std::size_t indent) {
    candidate_ = std::move(opening.candidate);
    place_ = Place::Candidate;
    const std::string text = held_.substr(indent + opening.fed);
    held_.resize(indent + opening.fed);
    steps(text);
  }

  void in_candidate(char byte) {
    held_ += byte;
    const CallVerdict verdict = candidate_->feed(byte);
    if (verdict == CallVerdict::More) return;
    std::vector<ForeignCall> calls;
    if (verdict == CallVerdict::Finished) calls = candidate_->calls();
    candidate_.reset();
    if (calls.empty()) return refuse();
    found(std::move(calls));
  }

  void found(std::vector<ForeignCall> calls) {
    std::move(calls.begin(), calls.end(), std::back_inserter(found_));
    undecided_ += std::exchange(held_, {});
    after_.clear();
    place_ = Place::After;
  }

  // What was held is no call. Where calls were found before it, it follows them.
  void refuse() {
    const std::string text = std::exchange(held_, {});
    decide(Follows::Text);
    say(text);
    place_ = text.ends_with('\n') ? Place::LineStart : Place::Line;
  }

  // Closing tags and white space say nothing; another call joins the first.
  void after_call(char byte) {
    after_ += byte;
    std::string_view rest = after_;
    bool new_line = undecided_.ends_with('\n');
    while (!rest.empty()) {
      const std::size_t closing = closing_length(rest);
      if (closing == rest.npos) return;
      if (closing == 0 && !is_json_space(rest.front()) && rest.front() != ';' &&
          rest.front() != ',') {
        break;
      }
      new_line = new_line || rest.front() == '\n' || closing > 0;
      rest.remove_prefix(std::max<std::size_t>(closing, 1));
    }
    undecided_.append(after_, 0, after_.size() - rest.size());
    after_.erase(0, after_.size() - rest.size());
    if (after_.empty()) return;
    held_ = std::exchange(after_, {});
    // Code blocks and all that begins a line is looked at as there.
    if (new_line && (held_.front() == '`' || held_.front() == '~')) {
      place_ = Place::LineStart;
      return;
    }
    Opening opening = open_call(held_, schemas_);
    if (opening.opens == Opens::Unclear) {
      after_ = std::exchange(held_, {});
      return;
    }
    if (opening.opens == Opens::Call) return begin_candidate(std::move(opening), 0);
    const std::string text = std::exchange(held_, {});
    const bool goes_on = text.front() >= 'a' && text.front() <= 'z';  // with the sentence before
    decide(new_line && !goes_on ? Follows::Text : Follows::SameSentence);
    place_ = new_line ? Place::LineStart : Place::Line;
    steps(text);
  }

  enum class Follows : std::uint8_t { Nothing, Text, SameSentence };

  bool counts(Follows follows) const {
    const Intent intent = intent_of(before_);
    if (intent == Intent::Explain || follows == Follows::SameSentence) return false;
    // Where one was only shown, so are those that nobody announces.
    if (intent == Intent::Unclear && shown_one_) return false;
    return follows == Follows::Nothing || intent == Intent::Act || is_blank(before_);
  }

  void decide(Follows follows) {
    if (found_.empty()) return;
    const bool real = counts(follows);
    const std::vector<ForeignCall> calls = std::exchange(found_, {});
    const std::string text = std::exchange(undecided_, {});
    if (!real) {
      shown_one_ = true;
      return say(text);
    }
    for (const ForeignCall& call : calls) {
      output_.begin_call(call.name);
      output_.arguments(call.arguments);
      output_.end_call();
    }
    before_.clear();
  }

  void end() {
    // A code block that lacks its end, or only the end of its last line.
    if (place_ == Place::Fence) {
      const std::string_view line = std::string_view(held_).substr(line_begin_);
      end_fence(closes_fence(line) ? line_begin_ : held_.size());
    }
    const bool thinking = place_ == Place::Thinking;
    const std::string rest = std::exchange(held_, {}) + std::exchange(after_, {});
    candidate_.reset();
    decide(is_blank(rest) ? Follows::Nothing : Follows::Text);
    if (thinking) {
      output_.say(SpeechKind::Thinking, rest);
    } else {
      say(rest);
    }
  }

  const ToolSchemas schemas_;
  ReaderOutput output_;
  CharacterJoiner characters_;
  Place place_ = Place::Beginning;
  bool thought_ = false;
  std::string held_;
  std::string before_;  // the last that was said
  std::string fence_;   // the marks that began a code block
  std::string info_;
  std::string said_line_;          // the beginning of a line of a block that holds no call
  std::size_t content_begin_ = 0;  // in `held_`
  std::size_t line_begin_ = 0;
  bool fence_has_words_ = false;
  std::unique_ptr<ForeignCandidate> candidate_;
  bool shown_one_ = false;          // a call that was none
  std::vector<ForeignCall> found_;  // and what was written of them:
  std::string undecided_;
  std::string after_;
};

ForeignReader::ForeignReader(const std::vector<chat::ToolSpec>& tools,
                             std::uint64_t first_call_number)
    : state_(std::make_unique<State>(tools, first_call_number)) {}
ForeignReader::~ForeignReader() = default;
ForeignReader::ForeignReader(ForeignReader&&) noexcept = default;
ForeignReader& ForeignReader::operator=(ForeignReader&&) noexcept = default;

std::vector<chat::StreamEvent> ForeignReader::add(std::string_view bytes) {
  return state_->add(bytes);
}

ReadEnd ForeignReader::finish(chat::StopReason why) { return state_->finish(why); }

}  // namespace temper::engine
