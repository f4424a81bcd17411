#include "chat/contract.h"

#include <thread>
#include <utility>

#include "base/format.h"
#include "base/stop.h"
#include "chat/reply.h"
#include "chat/stream_checker.h"

namespace temper::chat {
namespace {

constexpr std::size_t kThreads = 4;

using Ending = Situation::Ending;

// ---- The situations ----

Request request_of(std::string question) {
  Request request;
  request.messages = {text_message(Role::System, "Answer in one word."),
                      text_message(Role::User, std::move(question))};
  const Json schema =
      Json::object({{"type", "object"},
                    {"properties", Json::object({{"path", Json::object({{"type", "string"}})}})}});
  request.tools = {ToolSpec{"read", "Reads a file.", schema}};
  return request;
}

Situation situation(std::string name, std::vector<Part> says, Ending ending,
                    std::optional<ToolCall> half_call = {}) {
  return Situation{std::move(name), request_of("What now?"), std::move(says), std::move(half_call),
                   ending};
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 60; ++i) text += format("Line {} of a long answer.\n", i);
  return text;
}

Part call(std::string path) { return ToolCall{"", "read", format("{{\"path\": \"{}\"}}", path)}; }

// One, two, three and four bytes to a character, and characters that join.
const char* const kManyScripts =
    "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 \xE6\xBC\xA2\xE5\xAD\x97 e\xCC\x81 "
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xC3\x9F";

std::vector<Situation> whole_replies() {
  const ToolCall half{"", "read", "{\"path\": \"src/ma"};
  return {
      situation("a plain reply", {Text{"Hello there."}}, Ending::TurnEnds),
      situation("an empty reply", {}, Ending::TurnEnds),
      situation("thinking first", {Thinking{"Let me see.", ""}, Text{"Yes."}}, Ending::TurnEnds),
      situation("a call", {call("src/main.cpp")}, Ending::TurnEnds),
      situation("text and two calls", {Text{"I read both."}, call("a.txt"), call("b.txt")},
                Ending::TurnEnds),
      situation("the same call twice", {call("a.txt"), call("a.txt")}, Ending::TurnEnds),
      situation("a call without arguments", {ToolCall{"", "read", "{}"}}, Ending::TurnEnds),
      situation("text of many scripts", {Text{kManyScripts}}, Ending::TurnEnds),
      situation("arguments of many scripts", {call(kManyScripts)}, Ending::TurnEnds),
      situation("a long reply", {Text{long_text()}}, Ending::TurnEnds),
      situation("text that reaches the token limit", {Text{"And then"}}, Ending::TokenLimit),
      situation("a call that reaches the token limit", {Text{"I read it."}}, Ending::TokenLimit,
                half),
      situation("a call, and half a call that reaches the token limit", {call("a.txt")},
                Ending::TokenLimit, half),
  };
}

std::vector<Situation> failures() {
  const ToolCall half{"", "read", "{\"path\": \"src/ma"};
  return {
      situation("an error", {}, Ending::Error),
      situation("a connection that dies at once", {}, Ending::ConnectionDies),
      situation("a connection that dies in the text", {Text{"Once upon"}}, Ending::ConnectionDies),
      situation("a connection that dies in a call", {Text{"I read it."}}, Ending::ConnectionDies,
                half),
      situation("a connection that dies after a call", {call("a.txt")}, Ending::ConnectionDies),
  };
}

// ---- One stream, watched ----

struct Watched {
  Reply reply;
  std::optional<std::string> violation;  // of the rules that need no knowledge of the situation
};

// What the reader does after it has seen `after` events of what the model writes.
struct Interference {
  enum class Kind { None, Cut, Stop, StopFromAnotherThread };
  Kind kind = Kind::None;
  std::size_t after = 1;
};

bool is_written(const StreamEvent& event) {
  return std::holds_alternative<TextDelta>(event) || std::holds_alternative<ThinkingDelta>(event) ||
         std::holds_alternative<CallBegin>(event) || std::holds_alternative<CallDelta>(event) ||
         std::holds_alternative<CallEnd>(event);
}

class Watcher {
 public:
  explicit Watcher(Interference interference) : interference_(interference) {}

  Watched watch(Provider& provider, const Request& request) {
    reader_ = std::this_thread::get_id();
    provider.stream(
        request, [this](const StreamEvent& event) { return see(event); }, stop_.token());
    if (helper_.joinable()) helper_.join();

    const Result<void> kept = checker_.finish();
    if (!kept) note(kept.error().message);
    watched_.reply = collector_.finish();
    return std::move(watched_);
  }

 private:
  Flow see(const StreamEvent& event) {
    if (std::this_thread::get_id() != reader_) note("the sink was called from another thread");
    if (stopped_ && !is_stopped_end(event)) note("an event came after the stop was requested");
    const Result<void> kept = checker_.accept(event);
    if (!kept) note(kept.error().message);
    collector_.add(event);
    if (!is_written(event) || ++written_ != interference_.after) return Flow::Continue;
    return interfere();
  }

  Flow interfere() {
    switch (interference_.kind) {
      case Interference::Kind::None: break;
      case Interference::Kind::Stop:
        stopped_ = true;
        stop_.request_stop();
        break;
      case Interference::Kind::StopFromAnotherThread:
        helper_ = std::thread([this] { stop_.request_stop(); });
        break;
      case Interference::Kind::Cut:
        checker_.cut();
        collector_.cut();
        return Flow::Cut;
    }
    return Flow::Continue;
  }

  static bool is_stopped_end(const StreamEvent& event) {
    const Failed* failed = std::get_if<Failed>(&event);
    return failed != nullptr && failed->error.code == Code::Stopped;
  }

  void note(std::string violation) {
    if (!watched_.violation) watched_.violation = std::move(violation);
  }

  Interference interference_;
  std::thread::id reader_;
  StopSource stop_;
  std::thread helper_;
  bool stopped_ = false;
  std::size_t written_ = 0;
  StreamChecker checker_;
  ReplyCollector collector_;
  Watched watched_;
};

// ---- What must be true of it ----

using Complaint = std::optional<std::string>;

std::string describe(const std::vector<Part>& parts) {
  Json json = Json::array();
  for (const Part& part : parts) json.push(to_json(part));
  return json.dump();
}

// Without what the provider is free to choose.
std::vector<Part> without_ids(std::vector<Part> parts) {
  for (Part& part : parts) {
    if (auto* call = std::get_if<ToolCall>(&part)) call->id.clear();
  }
  return parts;
}

// How far half a call came is up to the provider: it may hold back what it is not sure of.
bool is_beginning_of(const ToolCall& part, const ToolCall& whole) {
  return part.name == whole.name && whole.arguments.starts_with(part.arguments);
}

Complaint wrong_content(const Situation& situation, const Reply& reply) {
  const std::vector<Part> said = without_ids(reply.message.parts);
  if (said != situation.says) {
    return format("{} was said, and {} arrived", describe(situation.says), describe(said));
  }
  if (!reply.unfinished_call) return {};
  if (!situation.half_call) return "an unfinished call arrived that nobody made";
  if (is_beginning_of(*reply.unfinished_call, *situation.half_call)) return {};
  return "the unfinished call is not the one that was begun";
}

// Of a stream that failed only the beginning need have arrived: an API that does
// not mark the end of a call leaves its last call unfinished.
Complaint wrong_beginning(const Situation& situation, const Reply& reply) {
  std::vector<Part> said = without_ids(reply.message.parts);
  const std::vector<Part>& says = situation.says;
  bool is_beginning = said.size() <= says.size();
  for (std::size_t i = 0; is_beginning && i < said.size(); ++i) {
    const Text* text = std::get_if<Text>(&said[i]);
    const Text* whole = std::get_if<Text>(&says[i]);
    const bool cut_text = text != nullptr && whole != nullptr && i + 1 == said.size() &&
                          whole->text.starts_with(text->text);
    is_beginning = cut_text || said[i] == says[i];
  }
  if (!is_beginning) {
    return format("{} was said, and {} arrived", describe(says), describe(said));
  }
  if (!reply.unfinished_call) return {};
  if (situation.half_call && is_beginning_of(*reply.unfinished_call, *situation.half_call))
    return {};
  const ToolCall* next =
      said.size() < says.size() ? std::get_if<ToolCall>(&says[said.size()]) : nullptr;
  if (next != nullptr && is_beginning_of(*reply.unfinished_call, *next)) return {};
  return "the unfinished call is not one that was begun";
}

StopReason expected_reason(const Situation& situation) {
  if (situation.ending == Ending::TokenLimit) return StopReason::TokenLimit;
  for (const Part& part : situation.says) {
    if (std::holds_alternative<ToolCall>(part)) return StopReason::ToolCalls;
  }
  return StopReason::EndOfTurn;
}

Complaint wrong_whole_reply(const Situation& situation, const Reply& reply,
                            const Capabilities& capabilities) {
  if (const Failed* failed = reply.failed()) {
    return format("it failed: {}", failed->error.message);
  }
  const StopReason expected = expected_reason(situation);
  if (reply.done()->reason != expected) {
    return format("it ended with {} and not with {}", stop_reason_name(reply.done()->reason),
                  stop_reason_name(expected));
  }
  const bool counted = reply.usage.prompt_tokens > 0;
  if (capabilities.counts_tokens && !counted) return "tokens are counted, but Usage has none";
  return wrong_content(situation, reply);
}

Complaint wrong_failure(const Situation& situation, const Reply& reply) {
  const Failed* failed = reply.failed();
  if (failed == nullptr) return "it ended with a Done, although the reply was not whole";
  if (failed->error.code == Code::Stopped) return "it says Stopped, although nobody stopped it";
  if (situation.ending == Ending::ConnectionDies && failed->retry == Retry::Useless) {
    return "the connection died, but it says that a retry is useless";
  }
  return wrong_beginning(situation, reply);
}

Complaint not_stopped(const Reply& reply) {
  const Failed* failed = reply.failed();
  if (failed != nullptr && failed->error.code == Code::Stopped) return {};
  return "it did not end with a Failed of Code::Stopped";
}

class Examination {
 public:
  explicit Examination(const ProviderMaker& make) : make_(make) {}

  ContractReport run() {
    for (const Situation& one : whole_replies()) with_provider(one, &Examination::whole);
    for (const Situation& one : failures()) with_provider(one, &Examination::failure);
    const Situation talkative =
        situation("a stop or cut", {Text{long_text()}, call("a.txt")}, Ending::TurnEnds);
    with_provider(talkative, &Examination::stop_before);
    with_provider(talkative, &Examination::interrupted);
    with_provider(situation("a stall", {Text{"Wait."}}, Ending::Stalls), &Examination::stalled);
    with_provider(situation("several threads", {Text{long_text()}}, Ending::TurnEnds),
                  &Examination::several_threads);
    return std::move(report_);
  }

 private:
  using Check = void (Examination::*)(Provider&, const Situation&);

  void with_provider(const Situation& situation, Check check) {
    const std::unique_ptr<Provider> provider = make_(situation);
    if (provider == nullptr) {
      report_.skipped.push_back(situation.name);
    } else {
      (this->*check)(*provider, situation);
    }
  }

  void whole(Provider& provider, const Situation& situation) {
    const Watched watched = Watcher({}).watch(provider, situation.request);
    judge(situation.name, watched,
          wrong_whole_reply(situation, watched.reply, provider.capabilities()));
  }

  void failure(Provider& provider, const Situation& situation) {
    const Watched watched = Watcher({}).watch(provider, situation.request);
    judge(situation.name, watched, wrong_failure(situation, watched.reply));
  }

  void stop_before(Provider& provider, const Situation& situation) {
    StopSource stop;
    stop.request_stop();
    std::size_t events = 0;
    const Reply reply = collect(provider, situation.request, stop.token(),
                                [&](const StreamEvent&) { return ++events, Flow::Continue; });
    Complaint complaint = not_stopped(reply);
    if (!complaint && events != 1) complaint = "more than the end arrived";
    judge("a stop before the stream began", {}, std::move(complaint));
  }

  // Each time the provider is asked once more, for nothing of the stream before may
  // be left over.
  void interrupted(Provider& provider, const Situation& situation) {
    using Kind = Interference::Kind;
    for (const Interference& one : {Interference{Kind::Cut, 1}, Interference{Kind::Cut, 2},
                                    Interference{Kind::Stop, 1}, Interference{Kind::Stop, 2}}) {
      const std::string name =
          format("{} at event {}", one.kind == Kind::Cut ? "a cut" : "a stop", one.after);
      const Watched watched = Watcher(one).watch(provider, situation.request);
      judge(name, watched, not_stopped(watched.reply));

      const Watched after = Watcher({}).watch(provider, situation.request);
      judge("the stream after " + name, after,
            wrong_whole_reply(situation, after.reply, provider.capabilities()));
    }
  }

  void stalled(Provider& provider, const Situation& situation) {
    const Interference stop{Interference::Kind::StopFromAnotherThread, 1};
    const Watched watched = Watcher(stop).watch(provider, situation.request);
    judge(situation.name, watched, not_stopped(watched.reply));
  }

  void several_threads(Provider& provider, const Situation& situation) {
    std::vector<Watched> watched(kThreads);
    std::vector<std::thread> threads;
    threads.reserve(watched.size());
    for (Watched& one : watched) {
      threads.emplace_back(
          [&provider, &situation, &one] { one = Watcher({}).watch(provider, situation.request); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Watched& one : watched) {
      judge(situation.name, one, wrong_whole_reply(situation, one.reply, provider.capabilities()));
    }
  }

  void judge(const std::string& name, const Watched& watched, Complaint complaint) {
    ++report_.checks;
    if (watched.violation) complaint = watched.violation;
    if (complaint) report_.violations.push_back(name + ": " + *complaint);
  }

  const ProviderMaker& make_;
  ContractReport report_;
};

}  // namespace

ContractReport check_provider_contract(const ProviderMaker& make) {
  return Examination(make).run();
}

}  // namespace temper::chat
