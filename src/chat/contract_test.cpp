#include "chat/contract.h"

#include <doctest/doctest.h>

#include <thread>

#include "base/clock.h"
#include "chat/recording.h"
#include "chat/reply.h"
#include "chat/scripted.h"

namespace temper::chat {
namespace {

constexpr std::size_t kRequests = 16;

Steps steps_for(const Situation& situation) {
  using Ending = Situation::Ending;
  const Usage usage{30, 10, 20, 0, {}};
  ReplySteps steps;
  steps.event(PrefillProgress{10, 30, 0}).event(PrefillProgress{30, 30, 250.0});
  for (const Part& part : situation.says) {
    if (const auto* text = std::get_if<Text>(&part)) steps.say(text->text);
    if (const auto* thinking = std::get_if<Thinking>(&part)) steps.think(thinking->text);
    if (const auto* call = std::get_if<ToolCall>(&part)) steps.call(call->name, call->arguments);
  }
  if (situation.half_call) {
    steps.half_call(situation.half_call->name, situation.half_call->arguments);
  }
  steps.event(UsageUpdate{usage});
  switch (situation.ending) {
    case Ending::TurnEnds: return steps.done();
    case Ending::TokenLimit: return steps.done_because(StopReason::TokenLimit);
    case Ending::Error: return steps.fail({Code::Denied, "the key is wrong"}, Retry::Useless);
    case Ending::ConnectionDies: return steps.cut_off();
    case Ending::Stalls: return steps.wait(std::chrono::hours(1)).done();
  }
  return {};
}

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::unique_ptr<Provider> scripted(const Situation& situation, std::size_t max_delta_bytes) {
  ScriptedOptions options;
  options.capabilities.counts_tokens = true;
  options.max_delta_bytes = max_delta_bytes;
  return std::make_unique<ScriptedProvider>(Script(kRequests, turn(steps_for(situation))),
                                            system_clock(), options);
}

std::string all_of(const ContractReport& report) {
  std::string lines;
  for (const std::string& violation : report.violations) lines += violation + "\n";
  for (const std::string& name : report.skipped) lines += "skipped: " + name + "\n";
  return lines;
}

TEST_CASE("contract: the scripted provider keeps it, in pieces of every size") {
  for (const std::size_t max_delta_bytes : {0u, 1u, 2u, 3u, 7u, 64u}) {
    const ContractReport report = check_provider_contract(
        [&](const Situation& situation) { return scripted(situation, max_delta_bytes); });
    CHECK(all_of(report) == "");
    CHECK(report.checks > 30);
  }
}

// Records what the scripted provider says, and plays the recording as it was
// read back from its text.
std::unique_ptr<Provider> recorded(const Situation& situation) {
  const bool stalls = situation.ending == Situation::Ending::Stalls;
  ManualClock clock;
  ScriptedProvider inner({turn(steps_for(situation))}, clock, {.max_delta_bytes = 5});
  std::string file;
  RecordingProvider recorder(inner, clock, [&](const Request&) {
    return [&](std::string_view line) {
      file += line;
      return Result<void>();
    };
  });
  collect(recorder, situation.request, {});
  const Result<Recordings> recordings = read_recordings(file);
  REQUIRE(recordings);
  REQUIRE(recordings->streams.size() == 1);
  const Turn turn_of_it =
      turn(steps_of(recordings->streams[0], stalls ? Timing::Original : Timing::None));
  return std::make_unique<ScriptedProvider>(Script(kRequests, turn_of_it), system_clock());
}

TEST_CASE("contract: a recording that is played keeps it") {
  CHECK(all_of(check_provider_contract(recorded)) == "");
}

// Holds the provider that is recorded, for the length of its life.
class OwningRecorder final : public Provider {
 public:
  explicit OwningRecorder(std::unique_ptr<Provider> inner)
      : inner_(std::move(inner)), recorder_(*inner_, system_clock(), [](const Request&) {
          return [](std::string_view) { return Result<void>(); };
        }) {}
  Capabilities capabilities() const override { return recorder_.capabilities(); }
  void stream(const Request& request, const EventSink& sink, const StopToken& stop) override {
    recorder_.stream(request, sink, stop);
  }

 private:
  std::unique_ptr<Provider> inner_;
  RecordingProvider recorder_;
};

TEST_CASE("contract: a provider that is being recorded keeps it") {
  const ContractReport report = check_provider_contract([](const Situation& situation) {
    return std::make_unique<OwningRecorder>(scripted(situation, 3));
  });
  CHECK(all_of(report) == "");
}

TEST_CASE("contract: what a provider cannot be made to do is skipped by name") {
  const ContractReport report =
      check_provider_contract([](const Situation&) { return std::unique_ptr<Provider>(); });
  CHECK(report.checks == 0);
  CHECK(report.violations.empty());
  CHECK(report.skipped.size() > 15);
}

// ---- Providers that are broken on purpose ----

using Events = std::vector<StreamEvent>;

// What a broken provider makes of each event of a good one.
struct Fault {
  std::string name;
  std::string found;  // words of a violation that must be reported
  std::function<Events(const StreamEvent&)> distort;
  bool heeds_cut = true;
  bool heeds_stop = true;
};

class BrokenProvider final : public Provider {
 public:
  BrokenProvider(std::unique_ptr<Provider> inner, const Fault& fault)
      : inner_(std::move(inner)), fault_(fault) {}

  Capabilities capabilities() const override { return inner_->capabilities(); }

  void stream(const Request& request, const EventSink& sink, const StopToken& stop) override {
    inner_->stream(
        request,
        [&](const StreamEvent& event) {
          Flow flow = Flow::Continue;
          for (const StreamEvent& one : fault_.distort(event)) {
            if (sink(one) == Flow::Cut) flow = Flow::Cut;
          }
          return fault_.heeds_cut ? flow : Flow::Continue;
        },
        fault_.heeds_stop ? stop : StopToken());
  }

 private:
  std::unique_ptr<Provider> inner_;
  const Fault& fault_;
};

template <typename Event>
bool is(const StreamEvent& event) {
  return std::holds_alternative<Event>(event);
}

bool is_stopped(const StreamEvent& event) {
  const auto* failed = std::get_if<Failed>(&event);
  return failed != nullptr && failed->error.code == Code::Stopped;
}

Events as_it_is(const StreamEvent& event) { return {event}; }

std::vector<Fault> faults() {
  return {
      {"two Dones", "after the Done or Failed",
       [](const StreamEvent& event) {
         return is<Done>(event) ? Events{event, event} : Events{event};
       }},
      {"no end", "over without a Done or Failed",
       [](const StreamEvent& event) { return is_end(event) ? Events{} : Events{event}; }},
      {"no end when stopped", "over without a Done or Failed",
       [](const StreamEvent& event) { return is_stopped(event) ? Events{} : Events{event}; }},
      {"text after the end", "after the Done or Failed",
       [](const StreamEvent& event) {
         return is_end(event) ? Events{event, TextDelta{"late"}} : Events{event};
       }},
      {"CallDelta without CallBegin", "a CallDelta came outside a call",
       [](const StreamEvent& event) { return is<CallBegin>(event) ? Events{} : Events{event}; }},
      {"no CallEnd", "an unfinished one",
       [](const StreamEvent& event) { return is<CallEnd>(event) ? Events{} : Events{event}; }},
      {"half a call ended all the same", "arrived",
       [](const StreamEvent& event) {
         const auto* done = std::get_if<Done>(&event);
         const bool limit = done != nullptr && done->reason == StopReason::TokenLimit;
         return limit ? Events{CallEnd{0}, event} : Events{event};
       }},
      {"every call has index 0", "a CallBegin has index 0 where 1 was next",
       [](const StreamEvent& event) {
         const auto* begin = std::get_if<CallBegin>(&event);
         return begin ? Events{CallBegin{0, begin->id, begin->name}} : Events{event};
       }},
      {"EndOfTurn after calls", "ToolCalls is meant",
       [](const StreamEvent& event) {
         const auto* done = std::get_if<Done>(&event);
         return done ? Events{Done{StopReason::EndOfTurn, done->usage}} : Events{event};
       }},
      {"a dead connection taken for the end", "ended with a Done",
       [](const StreamEvent& event) {
         const auto* failed = std::get_if<Failed>(&event);
         const bool died = failed != nullptr && failed->error.code == Code::Unavailable;
         return died ? Events{Done{StopReason::TokenLimit, failed->usage}} : Events{event};
       }},
      {"no retry where one may help", "a retry is useless",
       [](const StreamEvent& event) {
         const auto* failed = std::get_if<Failed>(&event);
         return failed ? Events{Failed{failed->error, Retry::Useless, failed->usage}}
                       : Events{event};
       }},
      {"stopping is a Done", "did not end with a Failed of Code::Stopped",
       [](const StreamEvent& event) {
         return is_stopped(event) ? Events{Done{StopReason::TokenLimit, {30, 10, 20, 0, {}}}}
                                  : Events{event};
       }},
      {"an error that says Stopped", "although nobody stopped it",
       [](const StreamEvent& event) {
         return is<Failed>(event) ? Events{Failed{stopped_error("it"), Retry::MayHelp,
                                                  std::get<Failed>(event).usage}}
                                  : Events{event};
       }},
      {"ignores the cut", "the sink's Cut was not heeded", as_it_is, false, true},
      {"divides characters", "not valid UTF-8",
       [](const StreamEvent& event) {
         const auto* delta = std::get_if<TextDelta>(&event);
         if (delta == nullptr || delta->text.size() < 2) return Events{event};
         return Events{TextDelta{delta->text.substr(0, 1)}, TextDelta{delta->text.substr(1)}};
       }},
      {"loses white space", "arrived",
       [](const StreamEvent& event) {
         const auto* delta = std::get_if<TextDelta>(&event);
         return delta != nullptr && delta->text == " " ? Events{} : Events{event};
       }},
      {"forgets usage", "Usage has none",
       [](const StreamEvent& event) {
         if (is<UsageUpdate>(event)) return Events{};
         const auto* done = std::get_if<Done>(&event);
         return done ? Events{Done{done->reason, {}}} : Events{event};
       }},
      {"usage falls", "Usage fell",
       [](const StreamEvent& event) {
         const auto* done = std::get_if<Done>(&event);
         return done ? Events{Done{done->reason, {1, 0, 1, 0, {}}}} : Events{event};
       }},
      {"prefill while writing", "after the model began to write",
       [](const StreamEvent& event) {
         return is<TextDelta>(event) ? Events{event, PrefillProgress{30, 30, 0}} : Events{event};
       }},
  };
}

TEST_CASE("contract: each broken provider is reported, for what is broken in it") {
  for (const Fault& fault : faults()) {
    const ContractReport report = check_provider_contract([&](const Situation& situation) {
      return std::make_unique<BrokenProvider>(scripted(situation, 1), fault);
    });
    CHECK_MESSAGE(all_of(report).find(fault.found) != std::string::npos,
                  fault.name << " was not found: " << all_of(report));
  }
}

TEST_CASE("contract: a provider that ignores the stop is reported") {
  const Fault fault{"ignores the stop", "", as_it_is, true, false};
  const ContractReport report = check_provider_contract([&](const Situation& situation) {
    // One that stalls and cannot be stopped would keep us for an hour.
    if (situation.ending == Situation::Ending::Stalls) return std::unique_ptr<Provider>();
    return std::unique_ptr<Provider>(
        std::make_unique<BrokenProvider>(scripted(situation, 1), fault));
  });
  const std::string lines = all_of(report);
  CHECK(lines.find("an event came after the stop was requested") != std::string::npos);
  CHECK(lines.find("a stop before the stream began") != std::string::npos);
}

// Calls the sink from a thread of its own.
class ThreadedProvider final : public Provider {
 public:
  explicit ThreadedProvider(std::unique_ptr<Provider> inner) : inner_(std::move(inner)) {}
  Capabilities capabilities() const override { return inner_->capabilities(); }
  void stream(const Request& request, const EventSink& sink, const StopToken& stop) override {
    std::thread([&] { inner_->stream(request, sink, stop); }).join();
  }

 private:
  std::unique_ptr<Provider> inner_;
};

TEST_CASE("contract: a sink that is called from another thread is reported") {
  const ContractReport report = check_provider_contract([](const Situation& situation) {
    return std::make_unique<ThreadedProvider>(scripted(situation, 0));
  });
  CHECK(all_of(report).find("from another thread") != std::string::npos);
}

}  // namespace
}  // namespace temper::chat
