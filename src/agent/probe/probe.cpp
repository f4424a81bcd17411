#include "agent/probe/probe.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "agent/guard/stream_guard.h"
#include "agent/probe/questions.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"
#include "chat/reply.h"

namespace temper::agent {
namespace {

using chat::Reply;
using chat::Request;
using chat::ToolCall;
using std::chrono::nanoseconds;

constexpr std::uint64_t kShortestContext = 500;
constexpr std::size_t kShownBytes = 60;
constexpr double kUsualBytesPerToken = 3.5;

// A reply, and how long its parts took.
struct Timed {
  Reply reply;
  bool looped = false;
  nanoseconds reading{};
  nanoseconds writing{};
};

double per_second(std::uint64_t count, nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string excerpt(std::string_view text) {
  std::string shown = printable(trim(text), LineBreaks::Escape);
  if (shown.size() <= kShownBytes) return shown;
  return std::string(truncate_bytes(shown, kShownBytes)) + "...";
}

class Probe {
 public:
  Probe(chat::Provider& provider, Clock& clock, const ProbeOptions& options,
        const ProbeWatch& watch, const StopToken& stop)
      : provider_(provider), clock_(clock), options_(options), watch_(watch), stop_(stop) {}

  Result<ProbeReport> run() {
    const chat::Capabilities able = provider_.capabilities();
    report_.model = able.model;
    report_.constrained = able.can_constrain;
    report_.time = format_time(clock_.wall());
    plan_contexts(able.context_tokens);
    progress_.of = call_questions().size() + words_questions().size() + 2 * lengths_.size();
    for (const CallQuestion& question : call_questions()) TRY(ask(question));
    for (const WordsQuestion& question : words_questions()) TRY(ask(question));
    report_.output_per_second = per_second(written_, writing_);
    for (const std::uint64_t length : lengths_) {
      // Until the first text was read, how many tokens it has is a guess.
      const bool known = !report_.contexts.empty();
      if (known && length * 10 < report_.contexts.back().tokens * 11) continue;
      if (!TRY(ask_facts(length))) break;
    }
    return std::move(report_);
  }

 private:
  // Twice as long each time, as far as a reply still fits behind it.
  void plan_contexts(const std::optional<std::uint64_t>& context) {
    std::uint64_t most = options_.max_context;
    const std::uint64_t reply = options_.max_output_tokens + 64;
    if (context) most = std::min(most, *context - std::min(*context, reply));
    for (std::uint64_t tokens = kShortestContext; tokens < most; tokens *= 2) {
      lengths_.push_back(tokens);
    }
    if (most >= kShortestContext) lengths_.push_back(most);
    if (lengths_.empty()) {
      report_.contexts_ended = format("the context is too short for the texts: less than {} tokens",
                                      kShortestContext + reply);
    }
  }

  Timed answer(std::vector<chat::Message> messages, bool with_tools) {
    Request request;
    request.messages = std::move(messages);
    if (with_tools) request.tools = probe_tools();
    request.sampling.temperature = 0;
    request.sampling.seed = 1;
    request.max_output_tokens = options_.max_output_tokens;
    request.max_thinking_tokens = options_.max_thinking_tokens;
    const nanoseconds started = clock_.steady();
    std::optional<nanoseconds> first;
    chat::ReplyCollector collector;
    const auto sink = [&](const chat::StreamEvent& event) {
      const bool is_reading = std::holds_alternative<chat::PrefillProgress>(event) ||
                              std::holds_alternative<chat::UsageUpdate>(event);
      if (!is_reading && !first) first = clock_.steady();
      if (const auto* prefill = std::get_if<chat::PrefillProgress>(&event)) {
        progress_.read = prefill->done;
        progress_.prompt = prefill->total;
        if (watch_) watch_(progress_);
      }
      return collector.add(event);
    };
    Timed timed;
    timed.looped = stream_guarded(provider_, request, sink, stop_).has_value();
    const nanoseconds ended = clock_.steady();
    timed.reply = collector.finish();
    timed.reading = first.value_or(ended) - started;
    timed.writing = ended - first.value_or(ended);
    return timed;
  }

  void begin(std::string question) {
    progress_ = {std::move(question), progress_.number + 1, progress_.of, 0, 0};
    if (watch_) watch_(progress_);
  }

  // The reply to a short conversation, counted for whether it stops.
  Result<Timed> short_answer(const std::string& name, const std::vector<chat::Message>& messages) {
    begin(name);
    Timed timed = answer(messages, true);
    if (const chat::Failed* failed = timed.reply.failed(); failed != nullptr && !timed.looped) {
      return failed->error;
    }
    ++report_.stops.replies;
    report_.stops.ended += ended_itself(timed.reply) ? 1 : 0;
    report_.stops.looped += timed.looped ? 1 : 0;
    written_ += timed.reply.usage.output_tokens;
    writing_ += timed.writing;
    return timed;
  }

  static bool ended_itself(const Reply& reply) {
    const chat::Done* done = reply.done();
    return done != nullptr && (done->reason == chat::StopReason::EndOfTurn ||
                               done->reason == chat::StopReason::ToolCalls);
  }

  static std::string how_it_went(const Timed& timed) {
    if (timed.looped) return "repeated itself and was cut";
    const std::vector<ToolCall> calls = chat::calls_of(timed.reply.message);
    const bool ended = ended_itself(timed.reply);
    std::string what;
    if (!calls.empty()) {
      what = format("called {} with {}", excerpt(calls.front().name),
                    excerpt(calls.front().arguments));
    } else if (timed.reply.unfinished_call) {
      what = format("began a call of {}", excerpt(timed.reply.unfinished_call->name));
    } else {
      const std::string text = excerpt(chat::text_of(timed.reply.message));
      what = text.empty() ? "wrote nothing" : format("wrote \"{}\"", text);
    }
    return ended ? what : what + ", and did not stop";
  }

  Result<void> ask(const CallQuestion& question) {
    const Timed timed = TRY(short_answer(question.name, question.messages));
    const std::vector<ToolCall> calls = chat::calls_of(timed.reply.message);
    const bool valid = !calls.empty() && std::all_of(calls.begin(), calls.end(), [](const auto& c) {
      return is_valid_call(c, probe_tools());
    });
    const bool right = valid && is_wanted_call(calls.front(), question);
    ++report_.calls.asked;
    report_.calls.called += calls.empty() ? 0 : 1;
    report_.calls.valid += valid ? 1 : 0;
    report_.calls.right += right ? 1 : 0;
    report_.answers.push_back({question.name, right, how_it_went(timed)});
    return {};
  }

  Result<void> ask(const WordsQuestion& question) {
    const Timed timed = TRY(short_answer(question.name, question.messages));
    const std::string text = chat::text_of(timed.reply.message);
    const bool right = ended_itself(timed.reply) && chat::calls_of(timed.reply.message).empty() &&
                       !trim(text).empty() && text.find(question.contains) != text.npos;
    report_.answers.push_back({question.name, right, how_it_went(timed)});
    return {};
  }

  // False where no longer text is worth a try.
  Result<bool> ask_facts(std::uint64_t length) {
    const auto bytes = static_cast<std::size_t>(static_cast<double>(length) * bytes_per_token_);
    const FactsText facts = make_facts_text(bytes, length);
    ProbeContext context;
    for (const auto& [fact, other] :
         {std::pair(facts.first, facts.second), std::pair(facts.second, facts.first)}) {
      begin(format("two facts in {} tokens", length));
      const Timed timed = answer(
          {chat::text_message(chat::Role::User, facts.text + "\n" + facts_question(fact))}, false);
      const chat::Failed* failed = timed.reply.failed();
      if (failed != nullptr && failed->error.code == Code::Limit) {
        report_.contexts_ended = failed->error.message;
        return false;
      }
      if (failed != nullptr && !timed.looped) return failed->error;
      count(context, timed, bytes, judge_fact(chat::text_of(timed.reply.message), fact, other));
    }
    report_.contexts.push_back(context);
    report_.prompt_per_second = context.prompt_per_second;
    return true;
  }

  void count(ProbeContext& context, const Timed& timed, std::size_t bytes, FactAnswer answer) {
    const chat::Usage& usage = timed.reply.usage;
    context.tokens = usage.prompt_tokens;
    if (usage.prompt_tokens > 0) {
      bytes_per_token_ = static_cast<double>(bytes) / static_cast<double>(usage.prompt_tokens);
    } else {
      context.tokens = static_cast<std::uint64_t>(static_cast<double>(bytes) / bytes_per_token_);
    }
    ++context.asked;
    context.right += answer == FactAnswer::Right ? 1 : 0;
    context.mixed_up += answer == FactAnswer::MixedUp ? 1 : 0;
    // The second question finds most of its prompt known.
    const std::uint64_t read = usage.prompt_tokens - usage.cached_prompt_tokens;
    if (context.asked == 1) context.prompt_per_second = per_second(read, timed.reading);
  }

  chat::Provider& provider_;
  Clock& clock_;
  const ProbeOptions& options_;
  const ProbeWatch& watch_;
  const StopToken& stop_;
  ProbeReport report_;
  std::vector<std::uint64_t> lengths_;
  ProbeProgress progress_;
  std::uint64_t written_ = 0;
  nanoseconds writing_{};
  double bytes_per_token_ = kUsualBytesPerToken;
};

}  // namespace

Result<ProbeReport> probe(chat::Provider& provider, Clock& clock, const ProbeOptions& options,
                          const ProbeWatch& watch, const StopToken& stop) {
  return Probe(provider, clock, options, watch, stop).run();
}

}  // namespace temper::agent
