#include "agent/guard/stream_guard.h"

#include <algorithm>
#include <utility>

#include "agent/guard/block.h"
#include "agent/guard/circling.h"
#include "agent/guard/lines.h"
#include "agent/guard/tail.h"
#include "agent/guard/unit.h"
#include "base/format.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kExcerptBytes = 80;

// A block may have been noticed anywhere within it: it is shown from the start of a line,
// or else of a word, or at least of a character.
std::uint64_t begin_of_unit(const Tail& tail, const Repetition& repetition) {
  const std::uint64_t begin = repetition.end - repetition.unit_bytes;
  if (repetition.kind != RepetitionKind::Block) return begin;
  const auto last = [&](auto begins_here) {
    for (std::uint64_t at = begin; at > begin - repetition.unit_bytes; --at) {
      if (begins_here(at)) return at;
    }
    return std::uint64_t{0};
  };
  for (const char separator : {'\n', ' '}) {
    const std::uint64_t found =
        last([&](std::uint64_t at) { return static_cast<char>(tail[at - 1]) == separator; });
    if (found != 0) return found;
  }
  const std::uint64_t character = last([&](std::uint64_t at) { return (tail[at] & 0xC0) != 0x80; });
  return character != 0 ? character : begin;
}

std::string excerpt_of(const Tail& tail, const Repetition& repetition) {
  const std::uint64_t begin = begin_of_unit(tail, repetition);
  const std::uint64_t bytes = std::min<std::uint64_t>(repetition.unit_bytes, kExcerptBytes);
  std::string text = tail.text(begin, begin + bytes);
  text = make_valid_utf8(drop_split_end(drop_split_start(text)));
  for (char& byte : text) {
    if (static_cast<std::uint8_t>(byte) < 0x20 || byte == 0x7F) byte = ' ';
  }
  const std::string_view trimmed = trim(text);
  return trimmed.empty() ? text : std::string(trimmed);
}

std::string_view channel_noun(Channel channel) {
  switch (channel) {
    case Channel::Text: return "reply";
    case Channel::Thinking: return "thinking";
    case Channel::Call: return "call";
  }
  return "";
}

std::string note_on(Channel channel, const Repetition& repetition, std::string_view excerpt) {
  const std::string_view noun = channel_noun(channel);
  switch (repetition.kind) {
    case RepetitionKind::Block:
    case RepetitionKind::Lines:
      return format(
          "The {} was cut because \"{}\" came {} times in a row: go on with something else.", noun,
          excerpt, repetition.times);
    case RepetitionKind::Numbers:
      return format(
          "The {} was cut because \"{}\" came {} times, with other numbers each time: go on "
          "with something else.",
          noun, excerpt, repetition.times);
    case RepetitionKind::Circling:
      return format(
          "The {} was cut because it went round without anything new, lately with \"{}\": "
          "decide with what is known, and act.",
          noun, excerpt);
  }
  return "";
}

}  // namespace

// Everything that is known of one channel.
class StreamGuard::Reader {
 public:
  std::optional<Repetition> read(Channel channel, std::uint8_t byte) {
    tail_.push(byte);
    if (channel == Channel::Call) return block_.read(tail_, Tolerance::File);
    const std::optional<Unit> unit = units_.read(byte);
    const Tolerance tolerance = units_.is_fenced() ? Tolerance::Fenced : Tolerance::Prose;
    if (auto found = block_.read(tail_, tolerance)) return found;
    if (!unit) return std::nullopt;
    if (auto found = lines_.read(*unit)) return found;
    return circling_.read(*unit);
  }

  const Tail& tail() const { return tail_; }

 private:
  Tail tail_;
  BlockGuard block_;
  UnitReader units_;
  LinesGuard lines_;
  CirclingGuard circling_;
};

StreamGuard::StreamGuard() = default;
StreamGuard::StreamGuard(StreamGuard&&) noexcept = default;
StreamGuard& StreamGuard::operator=(StreamGuard&&) noexcept = default;
StreamGuard::~StreamGuard() = default;

std::optional<Finding> StreamGuard::read(const chat::StreamEvent& event) {
  if (has_found_) return std::nullopt;
  if (const auto* begin = std::get_if<chat::CallBegin>(&event)) {
    call_ = std::make_unique<Reader>();
    call_index_ = begin->index;
  }
  const auto reader = [](std::unique_ptr<Reader>& channel) -> Reader& {
    if (!channel) channel = std::make_unique<Reader>();
    return *channel;
  };
  if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
    return read_bytes(reader(text_), Channel::Text, text->text);
  }
  if (const auto* thinking = std::get_if<chat::ThinkingDelta>(&event)) {
    return read_bytes(reader(thinking_), Channel::Thinking, thinking->text);
  }
  if (const auto* call = std::get_if<chat::CallDelta>(&event)) {
    return read_bytes(reader(call_), Channel::Call, call->arguments);
  }
  return std::nullopt;
}

std::optional<Finding> StreamGuard::read_bytes(Reader& reader, Channel channel,
                                               std::string_view bytes) {
  for (const char byte : bytes) {
    const std::optional<Repetition> repetition =
        reader.read(channel, static_cast<std::uint8_t>(byte));
    if (!repetition) continue;
    has_found_ = true;
    Finding finding{.channel = channel,
                    .call = channel == Channel::Call ? call_index_ : 0,
                    .repetition = *repetition,
                    .excerpt = excerpt_of(reader.tail(), *repetition),
                    .note = {}};
    finding.note = note_on(channel, *repetition, finding.excerpt);
    return finding;
  }
  return std::nullopt;
}

std::optional<Finding> stream_guarded(chat::Provider& provider, const chat::Request& request,
                                      const chat::EventSink& sink, const StopToken& stop) {
  StreamGuard guard;
  std::optional<Finding> finding;
  const auto watch = [&](const chat::StreamEvent& event) {
    const auto* const failed = std::get_if<chat::Failed>(&event);
    if (finding && failed != nullptr) {
      chat::Failed told = *failed;
      told.error.message = finding->note;
      return sink(told);
    }
    if (sink(event) == chat::Flow::Cut) return chat::Flow::Cut;
    finding = guard.read(event);
    return finding ? chat::Flow::Cut : chat::Flow::Continue;
  };
  provider.stream(request, watch, stop);
  return finding;
}

}  // namespace temper::agent
