#include "agent/loop.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

using chat::Message;
using chat::Role;
using chat::ToolCall;

constexpr std::uint64_t kUsualWindow = 32768;  // where nobody says how large the context is
constexpr std::uint64_t kUsualReply = 8192;
constexpr double kFoldAt = 0.85;  // of the window
constexpr double kFoldTo = 0.5;
constexpr std::size_t kBeginning = 4;  // messages
constexpr std::size_t kMostTooLong = 5;
constexpr std::size_t kMostAfresh = 4;
constexpr std::size_t kFailuresHandedOver = 6;
constexpr std::string_view kMark = "[temper] ";

std::uint64_t share(std::uint64_t whole, double part) {
  return static_cast<std::uint64_t>(static_cast<double>(whole) * part);
}

std::size_t bytes_of(const std::vector<chat::ToolSpec>& specs) {
  std::size_t bytes = 0;
  for (const chat::ToolSpec& spec : specs) bytes += to_json(spec).dump().size();
  return bytes;
}

// One spelling for a call, however its JSON is written.
std::string spelling_of(const ToolCall& call) {
  const Result<Json> arguments = parse_json(call.arguments);
  return call.name + " " + (arguments ? arguments->dump() : call.arguments);
}

// "Now I will create the route:" is no end.
bool announces(std::string_view text) {
  text = trim(text);
  if (text.ends_with(':') || text.ends_with("...") || text.ends_with("…")) return true;
  const std::size_t line = text.rfind('\n');
  const std::string last = to_lower_ascii(trim(line == text.npos ? text : text.substr(line + 1)));
  return contains_any(
      last, {"i will now", "now i will", "now i'll", "i'll now", "next, i", "next i", "let me "});
}

Claim claim_of(std::string_view text) {
  if (trim(text).empty()) return Claim::Nothing;
  return announces(text) ? Claim::Announces : Claim::Stops;
}

}  // namespace

Loop::Loop(chat::Provider& provider, Toolbox& tools, Gate& gate, Journal& journal, Clock& clock,
           ExamineFailure examine, LoopOptions options, LoopWatch watch)
    : provider_(provider),
      tools_(tools),
      gate_(gate),
      journal_(journal),
      clock_(clock),
      examine_(std::move(examine)),
      options_(std::move(options)),
      watch_(std::move(watch)),
      specs_(tools.specs()),
      accountant_(options_.budget, clock),
      context_(new_context(options_.task)) {}

RunReport Loop::run(const StopToken& stop) {
  while (true) {
    Result<Ended> ended = turn(stop);
    RunReport report;
    if (!ended) {
      const bool stopped = ended.error().code == Code::Stopped && stop.stop_requested();
      report.outcome = stopped ? Outcome::Stopped : Outcome::Failed;
      report.reason = ended.error().message;
    } else if (*ended) {
      report = std::move(**ended);
    } else {
      continue;
    }
    report.spent = accountant_.spent();
    return report;
  }
}

// ---- A turn ----

Result<Loop::Ended> Loop::turn(const StopToken& stop) {
  if (stop.stop_requested()) return stopped_error("the run");
  if (const auto over = accountant_.is_over()) return give_up(Outcome::BudgetSpent, *over, stop);
  if (const auto warning = accountant_.warning()) TRY(tell(*warning));
  TRY(make_room());
  const chat::Request asked = request();
  TRY(journal_.append("request", Json::object({{"messages", context_.messages().size()},
                                               {"tokens", context_.tokens()}})));
  const Turn taken = take_turn(provider_, asked, watch_.stream, watch_.retries, clock_, stop);
  accountant_.add_turn(taken.reply.usage);
  if (taken.end == Turn::End::Stopped) return stopped_error("the run");
  if (taken.end == Turn::End::Failed) return *taken.error;
  if (taken.end == Turn::End::TooLong) return conversation_too_long(*taken.error);
  too_long_ = 0;
  context_.counted(taken.reply.usage.prompt_tokens);
  return take_reply(taken, stop);
}

chat::Request Loop::request() const {
  chat::Request request;
  request.messages = context_.messages();
  request.tools = specs_;
  if (provider_.capabilities().can_constrain) {
    request.domains = tools_.domains();
    if (must_call_) request.tool_choice = chat::ToolChoice::Required;
  }
  request.sampling = options_.sampling;
  if (seed_ > 0) request.sampling.seed = request.sampling.seed.value_or(0) + seed_;
  std::uint64_t most = reply_tokens();
  if (const auto left = accountant_.tokens_left())
    most = std::min(most, std::max<std::uint64_t>(*left, 1));
  request.max_output_tokens = most;
  return request;
}

Result<Loop::Ended> Loop::take_reply(const Turn& taken, const StopToken& stop) {
  Message message = taken.reply.message;
  const bool is_malformed = taken.end == Turn::End::Malformed;
  if (is_malformed) message.parts.emplace_back(*taken.reply.unfinished_call);
  // Templates want turns to alternate, so that a reply of nothing must stand there as something.
  if (message.parts.empty()) message = chat::text_message(Role::Assistant, "(nothing)");
  TRY(journal_.append("reply", Json::object({{"message", to_json(message)},
                                             {"usage", to_json(taken.reply.usage)},
                                             {"attempts", taken.attempts}})));
  context_.add(message);
  if (is_malformed) {
    TRY(answer_malformed(message, *taken.error));
    return Ended();
  }
  if (taken.loop) {
    ++seed_;
    TRY(journal_.append("loop_cut", Json::object({{"note", taken.loop->note}})));
    TRY(tell(
        format("{} The reply was cut there. Do not repeat it: take a different approach, and make "
               "the next call.",
               taken.loop->note)));
    return Ended();
  }
  const std::string words = chat::text_of(taken.reply.message);
  if (taken.reply.unfinished_call) {
    TRY(tell(
        format("The reply ended in the middle of a call of {}; nothing of it was run. Write less "
               "at once: a long file in several parts.",
               taken.reply.unfinished_call->name)));
    return Ended();
  }
  must_call_ = false;
  if (!chat::calls_of(taken.reply.message).empty()) return make_calls(taken.reply, stop);
  const chat::Done* done = taken.reply.done();
  if (done != nullptr && done->reason == chat::StopReason::TokenLimit) {
    TRY(tell(
        "The reply reached its limit of tokens without a call. Say less, and make the next call."));
    return Ended();
  }
  return review(claim_of(words), words, stop);
}

// The call stands in the conversation, with why nothing was done: so it is learnt from. Calls
// before it in the same reply were not made either.
Result<void> Loop::answer_malformed(const Message& message, const Error& error) {
  for (const ToolCall& call : chat::calls_of(message)) {
    const std::string text = format("Nothing was run: {}.", error.message);
    TRY(journal_.append("result",
                        Json::object({{"call_id", call.id}, {"text", text}, {"is_error", true}})));
    context_.add(chat::result_message({call.id, text, true}));
  }
  return {};
}

// ---- Calls ----

Result<Loop::Ended> Loop::make_calls(const chat::Reply& reply, const StopToken& stop) {
  for (const ToolCall& call : chat::calls_of(reply.message)) {
    const std::size_t afresh = afresh_;
    if (Ended ended = TRY(make_call(call, stop))) return ended;
    if (afresh != afresh_) break;  // the calls are not in the conversation any more
  }
  return Ended();
}

Result<Loop::Ended> Loop::make_call(const ToolCall& call, const StopToken& stop) {
  TRY(journal_.append(
      "call", Json::object({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}})));
  TRY(gate_.begin());
  const auto started = clock_.steady();
  ToolOutcome outcome;
  // A claim is the gate's to answer, however often it is made.
  const std::optional<std::string> refusal =
      call.name == "done" ? std::nullopt : guard_.refusal(spelling_of(call), gate_.tree());
  if (refusal) {
    outcome = {.text = *refusal, .is_error = true};
  } else {
    outcome = tools_.call(call.name, call.arguments, stop);
  }
  const auto time = clock_.steady() - started;
  if (stop.stop_requested()) return stopped_error("the run");
  std::string note = TRY(gate_.look(call, outcome, stop));
  const StepFinding finding = examine(call, outcome, time, note);
  std::string text = outcome.text;
  Ended ended = outcome.ends_turn ? Ended() : TRY(heed(finding, note, stop));
  if (!note.empty()) text += format("\n{}{}", kMark, note);
  TRY(journal_.append(
      "result", Json::object({{"call_id", call.id},
                              {"text", text},
                              {"is_error", outcome.is_error},
                              {"exit_code", outcome.exit_code ? Json(*outcome.exit_code) : Json()},
                              {"seconds", std::chrono::duration<double>(time).count()}})));
  context_.add(chat::result_message({call.id, text, outcome.is_error}));
  if (ended) return ended;
  if (outcome.ends_turn) return review(Claim::Done, outcome.text, stop);
  if (finding.measure == Measure::StartAfresh) TRY(start_afresh(finding.note));
  return Ended();
}

// Also adds evidence to the note.
StepFinding Loop::examine(const ToolCall& call, const ToolOutcome& outcome,
                          std::chrono::nanoseconds time, std::string& note) {
  Step step{.call = spelling_of(call),
            .output = outcome.whole.empty() ? outcome.text : outcome.whole,
            .tree = gate_.tree(),
            .duration = std::chrono::duration_cast<std::chrono::milliseconds>(time)};
  if (outcome.exit_code.value_or(0) != 0) {
    const FailureFacts facts = examine_(step.output, *outcome.exit_code);
    if (!facts.signature.empty()) step.failure = facts.signature;
    if (!facts.evidence.empty() && evidence_shown_.insert(facts.evidence).second) {
      note += (note.empty() ? "" : "\n") + facts.evidence;
    }
    const std::string last(trim(outcome.text.substr(0, 200)));
    failures_.push_back(format("{} -> {}", truncate_bytes(spelling_of(call), 160), last));
    if (failures_.size() > kFailuresHandedOver) failures_.erase(failures_.begin());
  }
  return guard_.look(step);
}

Result<Loop::Ended> Loop::heed(const StepFinding& finding, std::string& note,
                               const StopToken& stop) {
  if (finding.measure == Measure::None) return Ended();
  TRY(journal_.append("finding", Json::object({{"kind", finding.kind}, {"note", finding.note}})));
  note += (note.empty() ? "" : "\n") + finding.note;
  if (finding.measure == Measure::Say) return Ended();
  // What is left may be what cannot be done, and was not required.
  if (TRY(gate_.is_safe())) {
    Review over = TRY(gate_.review(Claim::Done, stop));
    if (over.is_over) return Ended(RunReport{over.outcome, over.note, {}, {}});
  }
  const bool ends = finding.measure == Measure::GiveUp || afresh_ == kMostAfresh;
  return ends ? give_up(Outcome::Blocked, finding.note, stop) : Result<Ended>(Ended());
}

// ---- Ends ----

Result<Loop::Ended> Loop::review(Claim claim, const std::string& words, const StopToken& stop) {
  Review review = TRY(gate_.review(claim, stop));
  TRY(journal_.append("review", Json::object({{"over", review.is_over}, {"note", review.note}})));
  if (review.is_over) return Ended(RunReport{review.outcome, review.note, words, {}});
  std::string note = review.note;
  must_call_ = true;
  if (!review.check) {
    TRY(tell(note));
    return Ended();
  }
  const ToolCall call{"", "check", "{}"};
  const StepFinding finding = examine(call, review.check->outcome, {}, note);
  if (Ended ended = TRY(heed(finding, note, stop))) return ended;
  TRY(tell(note));
  if (finding.measure == Measure::StartAfresh) TRY(start_afresh(finding.note));
  return Ended();
}

Result<Loop::Ended> Loop::give_up(Outcome outcome, std::string reason, const StopToken& stop) {
  const bool green = TRY(gate_.keep_what_is_green(stop));
  if (green) reason += " What is there passes the check and is committed.";
  if (green && outcome == Outcome::Blocked) outcome = Outcome::PartlyShipped;
  return Ended(RunReport{outcome, std::move(reason), {}, {}});
}

// ---- The conversation ----

Result<void> Loop::tell(std::string note) {
  note = std::string(kMark) + note;
  TRY(journal_.append("note", Json::object({{"text", note}})));
  context_.add(chat::text_message(Role::User, std::move(note)));
  return {};
}

Context Loop::new_context(const std::string& task) const {
  return Context({chat::text_message(Role::System, options_.system_prompt),
                  chat::text_message(Role::User, task)},
                 bytes_of(specs_));
}

std::uint64_t Loop::window() const {
  const std::optional<std::uint64_t> says = provider_.capabilities().context_tokens;
  std::uint64_t tokens = says.value_or(options_.context_tokens.value_or(kUsualWindow));
  if (options_.context_tokens) tokens = std::min(tokens, *options_.context_tokens);
  if (window_) tokens = std::min(tokens, *window_);
  return tokens;
}

std::uint64_t Loop::reply_tokens() const {
  return options_.max_output_tokens.value_or(std::min(kUsualReply, window() / 3));
}

Result<void> Loop::make_room() {
  const std::uint64_t room = window() - std::min(window() / 2, reply_tokens());
  if (context_.tokens() <= share(room, kFoldAt)) return {};
  TRY(journal_.append("fold", Json::object({{"tokens", context_.tokens()}, {"room", room}})));
  const bool fits = context_.fold(share(room, kFoldTo), [&](std::string text) {
    return tools_.files().results().keep(std::move(text));
  });
  tools_.files().shown().forget_all();
  // What is as long as its beginning does not get shorter by beginning anew.
  const bool is_beginning = context_.messages().size() <= kBeginning;
  if (!fits && !is_beginning && context_.tokens() > share(room, kFoldAt)) {
    TRY(start_afresh("The conversation had become too long for your context."));
  }
  return {};
}

Result<Loop::Ended> Loop::conversation_too_long(const Error& error) {
  if (++too_long_ > kMostTooLong) return error;
  // The provider may have learned how much there is; if not, it is less than this.
  if (window() >= context_.tokens()) window_ = share(context_.tokens(), 0.8);
  return Ended();
}

Result<void> Loop::start_afresh(std::string_view why) {
  ++afresh_;
  const std::string task = options_.task + "\n\n" + hand_over(why);
  TRY(journal_.append("afresh", Json::object({{"why", why}, {"task", task}})));
  context_ = new_context(task);
  tools_.files().shown().forget_all();
  evidence_shown_.clear();
  guard_.started_afresh();
  return {};
}

// What a successor needs to know.
std::string Loop::hand_over(std::string_view why) const {
  std::string text =
      format("{}You have worked on this already. This is a new conversation. {}\n", kMark, why);
  text += gate_.state_in_words();
  if (!failures_.empty()) text += "What failed last, and is not to be repeated:\n";
  for (const std::string& failure : failures_) text += format("- {}\n", failure);
  text += "Look at the files as they are now before the next edit.";
  return text;
}

}  // namespace temper::agent
