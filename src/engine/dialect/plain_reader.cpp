#include "engine/dialect/plain_reader.h"

#include "base/ascii.h"

#include <utility>

namespace temper::engine {
namespace {

constexpr std::size_t kLastBytes = 16;

std::string_view text_of(DialectFamily family, MarkerKind kind) {
  for (const Marker& marker : markers_of(family)) {
    if (marker.kind == kind) return marker.text;
  }
  return {};
}

}  // namespace

void FenceTracker::add(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte == '\n') {
      ticks_ = 0;
    } else if (byte == '`' && ticks_ >= 0) {
      if (++ticks_ == 3) inside_ = !inside_;
    } else if (byte != ' ' || ticks_ > 0) {
      ticks_ = -1;
    }
  }
}

PlainReader::PlainReader(const Dialect& dialect, const ToolSchemas& schemas, ReaderOutput& output,
                         bool thinking)
    : dialect_(dialect),
      schemas_(schemas),
      output_(output),
      kind_(thinking ? SpeechKind::Thinking : SpeechKind::Text) {
  const std::string_view open_marker = text_of(dialect.family, MarkerKind::ThinkOpen);
  const std::string_view close_marker = text_of(dialect.family, MarkerKind::ThinkClose);
  const ThinkingSyntax& syntax = dialect.thinking;
  // A model may think although its template does not know of it.
  if (syntax.open.empty() && open_marker == "<think>") {
    open_rest_ = close_lead_ = "\n";
    close_rest_ = "\n\n";
  }
  if (!open_marker.empty() && syntax.open.starts_with(open_marker)) {
    open_rest_ = syntax.open.substr(open_marker.size());
  }
  const std::size_t close =
      close_marker.empty() ? std::string::npos : syntax.close.find(close_marker);
  if (close != std::string::npos) {
    close_lead_ = syntax.close.substr(0, close);
    close_rest_ = syntax.close.substr(close + close_marker.size());
  }
}

void PlainReader::symbol(const Symbol& symbol) {
  if (turn_ended_ || output_.failure()) return;
  if (call_) {
    in_attempt(symbol);
  } else {
    in_speech(symbol);
  }
}

void PlainReader::end() {
  if (output_.failure() || output_.call_open()) return;
  if (call_) give_back();
  if (!skip_.empty() && skipped_ > 0 && !is_json_space(skip_.front())) {
    output_.say(kind_, skip_.substr(0, skipped_));
  }
  output_.end_speech({});
}

void PlainReader::in_speech(const Symbol& symbol) {
  if (in_skipped(symbol)) return;
  switch (symbol.kind()) {
    case MarkerKind::ThinkOpen: return begin_thinking(symbol);
    case MarkerKind::ThinkClose:
      if (kind_ == SpeechKind::Thinking) return end_thinking();
      // A second one says nothing new; as text it may be what the model talks about.
      if (symbol.in_text && said_text_) return say(symbol.text());
      return;
    case MarkerKind::CallOpen:
      if (!opens_marked(symbol)) return say(symbol.text());
      held_ = symbol.text();
      return attempt(CallOpening::Marked);
    case MarkerKind::CallClose:
      if (!after_call_) return say(symbol.text());
      output_.end_speech({});
      return;
    case MarkerKind::TurnEnd: turn_ended_ = true; return;
    case MarkerKind::None: break;
    default: return say(symbol.text());
  }
  if (opens_bare(symbol.byte)) {
    attempt(CallOpening::Bare);
    return in_attempt(symbol);
  }
  // What Llama puts between its calls.
  if (after_call_ && dialect_.family == DialectFamily::Llama &&
      (symbol.byte == ';' || symbol.byte == ',')) {
    return;
  }
  say(symbol.text());
}

// Is the symbol part of what is left out after a marker?
bool PlainReader::in_skipped(const Symbol& symbol) {
  if (skip_.empty()) return false;
  if (symbol.marker == nullptr && symbol.byte == skip_[skipped_]) {
    if (++skipped_ == skip_.size()) skip_ = {};
    return true;
  }
  const std::string_view began = std::exchange(skip_, {}).substr(0, skipped_);
  // The name of a channel that is another one, not just other white space.
  if (!began.empty() && !is_json_space(began.front()) && symbol.kind() != MarkerKind::ThinkClose) {
    say(began);
  }
  return false;
}

bool PlainReader::opens_marked(const Symbol& symbol) const {
  if (!symbol.in_text) return true;
  // The word and not the token: in quotes, in a code block, or in the middle of a thought, it
  // is talked about.
  if (fences_.inside()) return false;
  const char before = last_.empty() ? '\n' : last_.back();
  if (kind_ == SpeechKind::Thinking) return before == '\n';
  return before != '`' && before != '"' && before != '\'';
}

bool PlainReader::opens_bare(char byte) const {
  if (kind_ == SpeechKind::Thinking) return false;
  if (dialect_.family == DialectFamily::Llama) {
    return byte == '{' && !schemas_.empty() && (!said_text_ || after_call_);
  }
  if (dialect_.family != DialectFamily::QwenXml || byte != '<' || fences_.inside()) return false;
  return (last_.empty() || last_.back() == '\n') && !last_.ends_with("<tool_call>\n");
}

void PlainReader::attempt(CallOpening opening) {
  call_ = make_call_reader(dialect_.family, opening, output_, schemas_);
  calls_before_ = output_.calls_ended();
}

void PlainReader::in_attempt(const Symbol& symbol) {
  const CallVerdict verdict = call_->feed(symbol);
  if (output_.failure()) return;
  if (verdict == CallVerdict::Refused) {
    give_back();
    in_speech(symbol);
    return;
  }
  const bool ended_one = output_.calls_ended() > calls_before_;
  if (ended_one) {
    calls_before_ = output_.calls_ended();
    after_call_ = true;
    last_.clear();
  }
  if (ended_one || output_.call_open()) {
    held_.clear();
  } else {
    held_ += symbol.text();
  }
  if (verdict == CallVerdict::Finished) call_.reset();
}

void PlainReader::give_back() {
  call_.reset();
  if (!held_.empty()) say(std::exchange(held_, {}));
}

void PlainReader::say(std::string_view bytes) {
  output_.say(kind_, bytes);
  if (kind_ == SpeechKind::Text) fences_.add(bytes);
  for (const char byte : bytes) {
    if (is_json_space(byte)) continue;
    if (kind_ == SpeechKind::Text) said_text_ = true;
    after_call_ = false;
    break;
  }
  last_ += bytes;
  if (last_.size() > kLastBytes) last_.erase(0, last_.size() - kLastBytes);
}

void PlainReader::begin_thinking(const Symbol& symbol) {
  const bool quoted = symbol.in_text && (said_text_ || output_.calls_ended() > 0);
  if (kind_ == SpeechKind::Thinking || quoted) return say(symbol.text());
  output_.end_speech({});
  kind_ = SpeechKind::Thinking;
  skip_ = open_rest_;
  skipped_ = 0;
  last_.clear();
}

void PlainReader::end_thinking() {
  output_.end_speech(close_lead_);
  kind_ = SpeechKind::Text;
  skip_ = close_rest_;
  skipped_ = 0;
  last_.clear();
}

}  // namespace temper::engine
