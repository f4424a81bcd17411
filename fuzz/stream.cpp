// Sequences of events at random: the checker accepts exactly those that a second
// account of the contract accepts, and no call is delivered that did not end.
//
// The second account looks at a whole stream at once, rule by rule, where the
// checker goes from event to event.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/verify.h"
#include "chat/reply.h"
#include "chat/stream_checker.h"

using namespace temper;
using namespace temper::chat;

namespace {

const std::string kTexts[] = {"a", "", "\xC3\xA9", "\xC3"};
constexpr std::string_view kNotUtf8 = "\xC3";

struct Stream {
  std::vector<StreamEvent> events;
  std::size_t cut_before = std::numeric_limits<std::size_t>::max();  // index of an event
};

// ---- From bytes: two to an event ----

Usage usage_from(unsigned bits) {
  Usage usage{(bits >> 1) % 8, bits % 4, (bits >> 3) % 8, (bits >> 5) % 4};
  if (bits % 16 == 9) usage.cost_usd = static_cast<double>(bits) / 64 - 1;
  if (bits % 64 == 63) usage.cost_usd = std::numeric_limits<double>::quiet_NaN();
  return usage;
}

StreamEvent event_from(unsigned kind, unsigned bits) {
  const std::string& text = kTexts[bits % 4];
  const std::size_t index = (bits >> 2) % 3;
  switch (kind % 12) {
    case 0:
      return PrefillProgress{bits % 4, 3 + (bits >> 6) % 2, bits % 32 == 31 ? -1.0 : bits * 0.5};
    case 1:
    case 2: return TextDelta{text};
    case 3: return ThinkingDelta{text, kTexts[(bits >> 2) % 4]};
    case 4:
    case 5: return CallBegin{index, std::string((bits >> 4) % 4, 'x'), text};
    case 6: return CallDelta{index, text};
    case 7:
    case 8: return CallEnd{index};
    case 9: return UsageUpdate{usage_from(bits)};
    case 10: return Done{static_cast<StopReason>(bits % 5), usage_from((bits >> 3) * 2)};
    default:
      return Failed{{bits & 16 ? Code::Stopped : Code::Io, text},
                    bits & 32 ? Retry::MayHelp : Retry::Useless,
                    usage_from(bits >> 6)};
  }
}

Stream stream_from(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint8_t kCut = 255;
  Stream stream;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    if (data[i] == kCut) {
      stream.cut_before = std::min(stream.cut_before, stream.events.size());
    } else {
      stream.events.push_back(event_from(data[i], data[i + 1]));
    }
  }
  return stream;
}

// ---- The second account of the contract ----

template <typename Event>
std::vector<std::pair<std::size_t, Event>> all(const Stream& stream) {
  std::vector<std::pair<std::size_t, Event>> found;
  for (std::size_t i = 0; i < stream.events.size(); ++i) {
    if (const auto* event = std::get_if<Event>(&stream.events[i])) found.emplace_back(i, *event);
  }
  return found;
}

bool has_one_end(const Stream& stream) {
  const auto ends = std::count_if(stream.events.begin(), stream.events.end(), is_end);
  return ends == 1 && is_end(stream.events.back());
}

bool heeds_cut(const Stream& stream) {
  if (stream.cut_before >= stream.events.size()) return true;
  const auto* failed = std::get_if<Failed>(&stream.events[stream.cut_before]);
  return failed != nullptr && failed->error.code == Code::Stopped;
}

bool prefill_is_first_and_grows(const Stream& stream) {
  const auto written =
      std::find_if(stream.events.begin(), stream.events.end(), [](const StreamEvent& event) {
        return event.index() >= 1 && event.index() <= 5;  // TextDelta to CallEnd
      });
  const std::size_t first_written = static_cast<std::size_t>(written - stream.events.begin());
  std::uint64_t before = 0;
  const auto progress = all<PrefillProgress>(stream);
  for (const auto& [place, one] : progress) {
    if (place > first_written || one.done < before || one.done > one.total) return false;
    if (one.total != progress.front().second.total || one.tokens_per_second < 0) return false;
    before = one.done;
  }
  return true;
}

// Every event that matters to calls as a letter: (t | bd*e)* with, at the end,
// perhaps a call that was not ended.
std::string letters(const Stream& stream) {
  std::string letters;
  for (const StreamEvent& event : stream.events) letters += "-ttbde---"[event.index()];
  letters.erase(std::remove(letters.begin(), letters.end(), '-'), letters.end());
  return letters;
}

bool calls_are_in_order(const Stream& stream) {
  char open = 'e';
  for (const char letter : letters(stream)) {
    const bool inside = open != 'e';
    if (inside != (letter == 'd' || letter == 'e')) return false;
    if (letter != 't') open = letter;
  }
  std::set<std::string> ids;
  const auto begins = all<CallBegin>(stream);
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const CallBegin& begin = begins[i].second;
    if (begin.index != i || begin.id.empty() || !ids.insert(begin.id).second) return false;
  }
  const auto current = [&](std::size_t place) {
    std::size_t count = 0;
    for (const auto& [begun_at, begin] : begins) count += begun_at < place ? 1 : 0;
    return count - 1;
  };
  for (const auto& [place, delta] : all<CallDelta>(stream)) {
    if (delta.index != current(place)) return false;
  }
  for (const auto& [place, end] : all<CallEnd>(stream)) {
    if (end.index != current(place)) return false;
  }
  return true;
}

bool reason_fits(const Stream& stream) {
  const std::string calls = letters(stream);
  const std::size_t last_begin = calls.rfind('b');
  const bool finished = last_begin != calls.npos && calls.find('e', last_begin) != calls.npos;
  for (const auto& [place, done] : all<Done>(stream)) {
    if (done.reason == StopReason::ToolCalls && !finished) return false;
    if (done.reason == StopReason::EndOfTurn && finished) return false;
  }
  return true;
}

bool texts_are_good(const Stream& stream) {
  const auto good = [](const std::string& text) { return !text.empty() && text != kNotUtf8; };
  bool all_good = true;
  for (const auto& [place, one] : all<TextDelta>(stream)) all_good &= good(one.text);
  for (const auto& [place, one] : all<CallBegin>(stream)) all_good &= good(one.name);
  for (const auto& [place, one] : all<CallDelta>(stream)) all_good &= good(one.arguments);
  for (const auto& [place, one] : all<Failed>(stream)) all_good &= good(one.error.message);
  for (const auto& [place, one] : all<ThinkingDelta>(stream)) {
    all_good &= !(one.text.empty() && one.signature.empty());
    all_good &= one.text != kNotUtf8 && one.signature != kNotUtf8;
  }
  return all_good;
}

bool usage_only_grows(const Stream& stream) {
  Usage before;
  double cost_before = -1;  // none yet
  for (const StreamEvent& event : stream.events) {
    const Usage* now = nullptr;
    if (const auto* update = std::get_if<UsageUpdate>(&event)) now = &update->usage;
    if (const auto* done = std::get_if<Done>(&event)) now = &done->usage;
    if (const auto* failed = std::get_if<Failed>(&event)) now = &failed->usage;
    if (now == nullptr) continue;
    const double cost = now->cost_usd.value_or(-1);
    if (now->cost_usd && !(cost >= 0)) return false;
    if (cost < cost_before) return false;
    if (std::min(now->prompt_tokens, before.prompt_tokens) != before.prompt_tokens ||
        std::min(now->cached_prompt_tokens, before.cached_prompt_tokens) !=
            before.cached_prompt_tokens ||
        std::min(now->output_tokens, before.output_tokens) != before.output_tokens ||
        std::min(now->thinking_tokens, before.thinking_tokens) != before.thinking_tokens) {
      return false;
    }
    if (now->prompt_tokens < now->cached_prompt_tokens) return false;
    if (now->output_tokens < now->thinking_tokens) return false;
    before = *now;
    cost_before = cost;
  }
  return true;
}

bool keeps_contract(const Stream& stream) {
  return has_one_end(stream) && heeds_cut(stream) && prefill_is_first_and_grows(stream) &&
         calls_are_in_order(stream) && reason_fits(stream) && texts_are_good(stream) &&
         usage_only_grows(stream);
}

// ---- What is held against it ----

bool checker_accepts(const Stream& stream) {
  StreamChecker checker;
  bool accepted = true;
  for (std::size_t i = 0; i < stream.events.size(); ++i) {
    if (i == stream.cut_before) checker.cut();
    const bool kept = checker.accept(stream.events[i]).ok();
    VERIFY(accepted || !kept, "the first broken rule stays");
    accepted = kept;
  }
  return checker.finish().ok();
}

Reply collected(const Stream& stream) {
  ReplyCollector collector;
  for (std::size_t i = 0; i < stream.events.size(); ++i) {
    if (i == stream.cut_before) collector.cut();
    collector.add(stream.events[i]);
  }
  return collector.finish();
}

// The arguments between a call's begin and its end; of a stream that keeps the contract.
std::vector<ToolCall> ended_calls(const Stream& stream) {
  std::vector<ToolCall> calls;
  const auto begins = all<CallBegin>(stream);
  for (const auto& [place, end] : all<CallEnd>(stream)) {
    const CallBegin& begin = begins[end.index].second;
    ToolCall call{begin.id, begin.name, ""};
    for (const auto& [delta_place, delta] : all<CallDelta>(stream)) {
      if (delta.index == end.index) call.arguments += delta.arguments;
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

void no_call_without_end(const Stream& stream, const Reply& reply) {
  std::multiset<std::string> begun;
  for (const auto& [place, begin] : all<CallBegin>(stream)) begun.insert(begin.id);
  const std::vector<ToolCall> calls = calls_of(reply.message);
  VERIFY(calls.size() <= all<CallEnd>(stream).size(), "every call that is delivered has ended");
  for (const ToolCall& call : calls) VERIFY(begun.count(call.id) > 0, "and was begun");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Stream stream = stream_from(data, size);
  const bool kept = keeps_contract(stream);
  VERIFY(checker_accepts(stream) == kept, "both accounts of the contract agree");

  const Reply reply = collected(stream);
  no_call_without_end(stream, reply);
  if (!kept) {
    VERIFY(reply.failed() != nullptr && reply.failed()->error.code == Code::Corrupt,
           "a stream that breaks the contract failed");
    return 0;
  }
  VERIFY(calls_of(reply.message) == ended_calls(stream), "every call that ended is delivered");
  VERIFY(reply.unfinished_call.has_value() ==
             (all<CallBegin>(stream).size() > all<CallEnd>(stream).size()),
         "and the one that did not is kept apart");
  std::string text;
  for (const auto& [place, delta] : all<TextDelta>(stream)) text += delta.text;
  VERIFY(text_of(reply.message) == text, "no text is lost");
  return 0;
}
