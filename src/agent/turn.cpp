#include "agent/turn.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace temper::agent {
namespace {

using chat::Reply;
using std::chrono::milliseconds;

constexpr std::uint64_t kMostAttempts = 8;
constexpr milliseconds kFirstWait{250};
constexpr milliseconds kLongestWait{30000};
constexpr std::size_t kKeptOfLoop = 400;  // bytes

// A reply that went round is kept up to there: what the model reads of itself, it repeats.
void cut_loop(Reply& reply, const Finding& loop) {
  const std::size_t most =
      loop.channel == Channel::Text ? std::min(loop.repetition.begin, kKeptOfLoop) : kKeptOfLoop;
  for (chat::Part& part : reply.message.parts) {
    auto* text = std::get_if<chat::Text>(&part);
    if (text != nullptr) text->text.resize(truncate_bytes(text->text, most).size());
  }
  std::erase_if(reply.message.parts, [](const chat::Part& part) {
    const auto* text = std::get_if<chat::Text>(&part);
    return text == nullptr || text->text.empty();
  });
}

// The model's own fault is to be told to it; another try would come to the same.
Turn::End end_of(const chat::Failed& failed, const Reply& reply) {
  if (failed.error.code == Code::Limit) return Turn::End::TooLong;
  const bool is_malformed = failed.error.code == Code::Corrupt && reply.unfinished_call;
  return is_malformed ? Turn::End::Malformed : Turn::End::Failed;
}

Turn one_attempt(chat::Provider& provider, const chat::Request& request,
                 const chat::EventSink& watch, const StopToken& stop) {
  chat::ReplyCollector collector;
  const auto sink = [&](const chat::StreamEvent& event) {
    const chat::Flow flow = watch ? watch(event) : chat::Flow::Continue;
    return collector.add(event) == chat::Flow::Cut ? chat::Flow::Cut : flow;
  };
  Turn turn;
  turn.loop = stream_guarded(provider, request, sink, stop);
  turn.reply = collector.finish();
  const chat::Failed* failed = turn.reply.failed();
  if (turn.loop) {
    turn.end = Turn::End::Looped;
    cut_loop(turn.reply, *turn.loop);
  } else if (failed == nullptr) {
    turn.end = Turn::End::Whole;
  } else if (stop.stop_requested()) {
    turn.end = Turn::End::Stopped;
  } else {
    turn.end = end_of(*failed, turn.reply);
    turn.error = failed->error;
  }
  return turn;
}

}  // namespace

Turn take_turn(chat::Provider& provider, const chat::Request& request, const chat::EventSink& watch,
               const RetryWatch& retries, Clock& clock, const StopToken& stop) {
  milliseconds wait = kFirstWait;
  for (std::uint64_t attempt = 1;; ++attempt) {
    Turn turn = one_attempt(provider, request, watch, stop);
    turn.attempts = attempt;
    const chat::Failed* failed = turn.reply.failed();
    const bool again = turn.end == Turn::End::Failed && failed->retry == chat::Retry::MayHelp;
    if (!again || attempt == kMostAttempts) return turn;
    if (retries) retries(failed->error, wait);
    if (!clock.sleep_for(wait, stop)) {
      turn.end = Turn::End::Stopped;
      return turn;
    }
    wait = std::min(wait * 2, kLongestWait);
  }
}

}  // namespace temper::agent
