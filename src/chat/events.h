// What a provider says while a reply is being written, piece by piece.
//
// The order in which events may come is the contract of chat/provider.h, and
// chat/stream_checker.h holds streams against it. Nothing here knows how an API
// frames them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/json.h"
#include "base/result.h"

namespace temper::chat {

// What a reply cost. A count that the provider does not know stays 0.
struct Usage {
  std::uint64_t prompt_tokens = 0;         // the whole prompt, cached or not
  std::uint64_t cached_prompt_tokens = 0;  // the part of it that was not computed again
  std::uint64_t output_tokens = 0;         // all that the model wrote, thinking and calls included
  std::uint64_t thinking_tokens = 0;       // the part of it that was thinking
  std::optional<double> cost_usd = {};     // where the provider charges for it

  bool operator==(const Usage&) const = default;
};

// Why the model wrote no further. Being stopped from outside is no such reason:
// it is a Failed with Code::Stopped.
enum class StopReason {
  EndOfTurn,     // the model ended its turn without a call, or in the middle of one
  ToolCalls,     // the model ended its turn after one or more calls, all of them finished
  TokenLimit,    // max_output_tokens, or the end of the context, was reached
  StopSequence,  // the model wrote one of the stop sequences, which is not part of the text
  Refused,       // the provider's own filter ended the reply
};

std::string_view stop_reason_name(StopReason reason);  // "end_of_turn", ...

// Whether the same request may succeed when it is sent again, perhaps later.
enum class Retry { Useless, MayHelp };

// The prompt is being read. `done` counts cached tokens too, and reaches `total`.
struct PrefillProgress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  double tokens_per_second = 0;  // 0 where it is not known

  bool operator==(const PrefillProgress&) const = default;
};

struct TextDelta {
  std::string text;

  bool operator==(const TextDelta&) const = default;
};

// More thinking. A signature comes with the last delta of a block of thinking and
// ends it: what follows belongs to the next block.
struct ThinkingDelta {
  std::string text;
  std::string signature;

  bool operator==(const ThinkingDelta&) const = default;
};

// A call begins, is written, and ends; only then is it a call. `index` is 0 for
// the first call of a reply, 1 for the second.
struct CallBegin {
  std::size_t index = 0;
  std::string id;
  std::string name;

  bool operator==(const CallBegin&) const = default;
};

struct CallDelta {
  std::size_t index = 0;
  std::string arguments;  // the next piece of the JSON text

  bool operator==(const CallDelta&) const = default;
};

struct CallEnd {
  std::size_t index = 0;

  bool operator==(const CallEnd&) const = default;
};

// What the reply has cost so far.
struct UsageUpdate {
  Usage usage = {};

  bool operator==(const UsageUpdate&) const = default;
};

// The reply is whole, or as long as the request allowed.
struct Done {
  StopReason reason = StopReason::EndOfTurn;
  Usage usage = {};

  bool operator==(const Done&) const = default;
};

// The reply is not whole. The code tells what to do about it: Stopped was asked
// for, by the stop token or by the sink; Limit: the conversation is longer than
// the model's context, so shorten it; Denied: the key or the policy said no;
// for the others see `retry`.
struct Failed {
  Error error;
  Retry retry = Retry::Useless;
  Usage usage = {};  // spent all the same

  bool operator==(const Failed&) const = default;
};

using StreamEvent = std::variant<PrefillProgress, TextDelta, ThinkingDelta, CallBegin, CallDelta,
                                 CallEnd, UsageUpdate, Done, Failed>;

// Done and Failed.
bool is_end(const StreamEvent& event);

// For recordings and for programs that read along: {"event":"text","text":"Hi"}.
// What to_json gives, from_json reads back as the same value; an error names the
// path to the wrong field, and members that are not known are ignored. Numbers
// must be finite.
Json to_json(const Usage& usage);
Json to_json(const StreamEvent& event);
Result<Usage> usage_from_json(const Json& json);
Result<StreamEvent> event_from_json(const Json& json);

}  // namespace temper::chat
