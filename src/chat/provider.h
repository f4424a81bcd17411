// The port behind which text is made: a model in this process, a server on this
// network, an API far away. The agent sees this and nothing below it.
//
// A provider speaks for one model. It keeps no conversation: every request
// carries all of it, and a provider that has seen its beginning before is free to
// remember what it computed for it.
//
// Why events are pushed, by a call that blocks: there is one thread and one stack
// to reason about, memory is borrowed for the length of a call, the reader can
// stop the writer by its answer, and a caller that wants something else starts a
// thread around it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/stop.h"
#include "chat/domain.h"
#include "chat/events.h"
#include "chat/message.h"

namespace temper::chat {

// What a setting left empty means is up to the model; a provider ignores a
// setting that it does not have.
struct Sampling {
  std::optional<double> temperature = {};
  std::optional<double> top_p = {};
  std::optional<double> min_p = {};
  std::optional<std::uint32_t> top_k = {};
  std::optional<std::uint64_t> seed = {};

  bool operator==(const Sampling&) const = default;
};

enum class ToolChoice {
  Auto,      // the model may call tools, or not
  None,      // no call, although the tools are described
  Required,  // at least one call
};

struct Request {
  std::vector<Message> messages = {};  // the whole conversation
  std::vector<ToolSpec> tools = {};
  // What a provider that can constrain holds arguments to; others leave it to the caller.
  std::vector<ArgumentDomain> domains = {};
  ToolChoice tool_choice = ToolChoice::Auto;
  Sampling sampling = {};
  std::optional<std::uint64_t> max_output_tokens = {};    // thinking included
  std::optional<std::uint64_t> max_thinking_tokens = {};  // 0: do not think
  std::vector<std::string> stop_sequences = {};

  bool operator==(const Request&) const = default;
};

// Where a prompt goes, the nearest first.
enum class Place { InProcess, ThisMachine, ThisNetwork, Remote };

struct Price {
  double prompt_usd_per_million = 0;
  double output_usd_per_million = 0;

  bool operator==(const Price&) const = default;
};

// What a provider can do. It never claims what it only hopes for: a caller does
// the next best thing where something is missing.
struct Capabilities {
  std::string model = {};
  Place place = Place::Remote;
  std::optional<std::uint64_t> context_tokens = {};  // prompt and reply together, where it is known
  bool native_tools = false;        // calls are marked as such, not found in the text
  bool can_constrain = false;       // arguments always fit the tool's schema and the domains
  bool can_rewind = false;          // going back to a shorter conversation computes nothing anew
  bool can_logprobs = false;        // can tell how likely its tokens were
  bool counts_tokens = false;       // Usage is counted; otherwise the caller has to estimate
  std::optional<Price> price = {};  // where tokens cost money

  bool operator==(const Capabilities&) const = default;
};

// What the reader of a stream says to each event.
enum class Flow { Continue, Cut };

// Called on the thread that called stream(), one event at a time, and never after
// stream() has returned. The event is borrowed for the length of the call. A sink
// may request the stop itself, but must not call the same provider.
using EventSink = std::function<Flow(const StreamEvent&)>;

class Provider {
 public:
  virtual ~Provider() = default;

  // What is known now, without waiting for anybody.
  virtual Capabilities capabilities() const = 0;

  // Asks for a reply to `request` and hands its events to `sink` until the last
  // one; only then does it return. Whatever goes wrong is an event too.
  //
  // The contract, which every provider keeps and chat/contract.h tests:
  //  1. A stream ends with exactly one Done or Failed, the last event of all. A Failed
  //     has a message for a reader.
  //  2. PrefillProgress comes before anything the model wrote. `total` stays the
  //     same, `done` never falls and never passes it.
  //  3. Calls come one after another, numbered from 0: CallBegin, any number of
  //     CallDelta, CallEnd, with no text or thinking in between. Ids and names are
  //     not empty, and an id occurs once in a reply.
  //  4. A call whose CallEnd did not come is no call, whatever the reason.
  //     Done says ToolCalls if and only if the model ended its turn with at least
  //     one call and every call has ended; otherwise such a turn is EndOfTurn.
  //  5. Every piece of text is valid UTF-8 by itself: a character is never divided
  //     among events. A delta is never empty.
  //  6. Usage never falls from event to event, its parts never exceed their whole,
  //     and every number is finite and not negative.
  //  7. When the sink says Cut, the next event is the last: Failed with
  //     Code::Stopped. What the sink answers to the last event does not matter.
  //  8. When a stop is requested, the stream ends with Failed and Code::Stopped, as
  //     soon as what is being waited for can be woken; a stop that was requested
  //     before the sink returns lets no event pass but the last. There is no other
  //     way to say "stopped": never a Done.
  //
  // May be called from several threads at once; where a provider can do only one
  // thing at a time, the others wait, and still heed their stop token. There is no
  // time limit: a slow machine may read a prompt for minutes.
  virtual void stream(const Request& request, const EventSink& sink, const StopToken& stop) = 0;
};

}  // namespace temper::chat
