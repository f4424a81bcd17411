#include "engine/dialect/output.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "base/verify.h"

namespace temper::engine {
namespace {

std::size_t common_end(std::string_view a, std::string_view b) {
  std::size_t count = 0;
  while (count < a.size() && count < b.size() && a[a.size() - 1 - count] == b[b.size() - 1 - count])
    ++count;
  return count;
}

}  // namespace

void ReaderOutput::say(SpeechKind kind, std::string_view bytes) {
  if (failure_) return;
  VERIFY(!call_open_, "nothing is said inside a call");
  if (kind != kind_) {
    end_speech({});
    kind_ = kind;
  }
  for (const char byte : bytes) {
    if (is_json_space(byte)) {
      space_ += byte;
      continue;
    }
    spoke_ = true;
    if (!space_.empty()) emit(kind, std::exchange(space_, {}));
    emit(kind, std::string_view(&byte, 1));
  }
}

void ReaderOutput::end_speech(std::string_view lead) {
  if (spoke_) {
    space_.resize(space_.size() - common_end(space_, lead));
    if (!space_.empty()) emit(kind_, space_);
  }
  space_.clear();
  spoke_ = false;
}

void ReaderOutput::emit(SpeechKind kind, std::string_view text) {
  if (failure_) return;
  if (kind == SpeechKind::Text) {
    auto* last = events_.empty() ? nullptr : std::get_if<chat::TextDelta>(&events_.back());
    if (last == nullptr) last = &std::get<chat::TextDelta>(events_.emplace_back(chat::TextDelta{}));
    last->text += text;
    return;
  }
  auto* last = events_.empty() ? nullptr : std::get_if<chat::ThinkingDelta>(&events_.back());
  if (last == nullptr) {
    last = &std::get<chat::ThinkingDelta>(events_.emplace_back(chat::ThinkingDelta{}));
  }
  last->text += text;
}

bool ReaderOutput::is_name(std::string_view name) {
  const auto bad = [](char byte) {
    return static_cast<unsigned char>(byte) <= 0x20 || byte == '"' || byte == '<' || byte == '{';
  };
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::none_of(name.begin(), name.end(), bad) && is_valid_utf8(name);
}

void ReaderOutput::begin_call(std::string_view name, std::string_view id) {
  if (failure_) return;
  VERIFY(!call_open_ && is_name(name), "a call begins after the one before, with a name");
  end_speech(lead_);
  call_open_ = true;
  name_ = name;
  arguments_.clear();
  events_.emplace_back(chat::CallBegin{calls_begun_, unused_id(id), name_});
  ++calls_begun_;
}

void ReaderOutput::arguments(std::string_view json) {
  if (failure_ || json.empty()) return;
  VERIFY(call_open_, "arguments belong to a call");
  if (arguments_.size() + json.size() > kMaxArgumentBytes) {
    failure_ =
        Error{Code::Limit, format("The call to {} has more than 16 MiB of arguments; nothing "
                                  "was run. Make several smaller calls of it.",
                                  printable(name_, LineBreaks::Escape))};
    return;
  }
  arguments_ += json;
  auto* last = events_.empty() ? nullptr : std::get_if<chat::CallDelta>(&events_.back());
  if (last == nullptr) {
    last = &std::get<chat::CallDelta>(
        events_.emplace_back(chat::CallDelta{.index = calls_begun_ - 1, .arguments = {}}));
  }
  last->arguments += json;
}

void ReaderOutput::end_call() {
  if (failure_) return;
  VERIFY(call_open_, "a call ends that was begun");
  const Result<Json> parsed = parse_json(arguments_);
  if (!parsed || !parsed->is_object()) {
    fail(parsed ? "its arguments are not an object" : parsed.error().message);
    return;
  }
  call_open_ = false;
  ++calls_ended_;
  events_.emplace_back(chat::CallEnd{calls_begun_ - 1});
}

void ReaderOutput::fail(std::string_view why) {
  if (failure_) return;
  failure_ =
      Error{Code::Corrupt,
            format("The call to {} is malformed, so nothing was run: {}. Write it again.",
                   printable(name_, LineBreaks::Escape), printable(why, LineBreaks::Escape))};
}

std::vector<chat::StreamEvent> ReaderOutput::take() { return std::exchange(events_, {}); }

std::string ReaderOutput::unused_id(std::string_view wanted) {
  std::string id(wanted);
  while (id.empty() || ids_.contains(id)) id = format("call{:05}", next_id_++);
  ids_.insert(id);
  return id;
}

void append_json_escaped(std::string& json, std::string_view text) {
  for (const char byte : text) {
    switch (byte) {
      case '"': json += "\\\""; break;
      case '\\': json += "\\\\"; break;
      case '\n': json += "\\n"; break;
      case '\r': json += "\\r"; break;
      case '\t': json += "\\t"; break;
      case '\b': json += "\\b"; break;
      case '\f': json += "\\f"; break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20) {
          json += format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
        } else {
          json += byte;
        }
    }
  }
}

}  // namespace temper::engine
