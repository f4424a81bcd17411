#include "chat/reply.h"

#include <utility>

#include "base/verify.h"

namespace temper::chat {
namespace {

// Whether the next piece of thinking goes on with this part: a signature ends it.
bool is_open_thinking(const Part& part) {
  const Thinking* thinking = std::get_if<Thinking>(&part);
  return thinking != nullptr && thinking->signature.empty();
}

}  // namespace

Flow ReplyCollector::add(const StreamEvent& event) {
  if (!checker_.accept(event)) return Flow::Cut;
  std::visit([this](const auto& one) { apply(one); }, event);
  return Flow::Continue;
}

Reply ReplyCollector::finish() {
  const Result<void> kept = checker_.finish();
  if (!kept) {
    Error error = in_context("the provider broke the contract of streams", kept.error());
    reply_.end = Failed{std::move(error), Retry::Useless, reply_.usage};
  }
  return std::move(reply_);
}

void ReplyCollector::apply(const TextDelta& delta) {
  std::vector<Part>& parts = reply_.message.parts;
  if (parts.empty() || !std::holds_alternative<Text>(parts.back())) parts.emplace_back(Text{});
  std::get<Text>(parts.back()).text += delta.text;
}

void ReplyCollector::apply(const ThinkingDelta& delta) {
  std::vector<Part>& parts = reply_.message.parts;
  if (parts.empty() || !is_open_thinking(parts.back())) parts.emplace_back(Thinking{});
  Thinking& thinking = std::get<Thinking>(parts.back());
  thinking.text += delta.text;
  thinking.signature = delta.signature;
}

void ReplyCollector::apply(const CallBegin& begin) {
  reply_.unfinished_call = ToolCall{begin.id, begin.name, ""};
}

void ReplyCollector::apply(const CallDelta& delta) {
  reply_.unfinished_call->arguments += delta.arguments;
}

void ReplyCollector::apply(const CallEnd&) {
  reply_.message.parts.emplace_back(*std::move(reply_.unfinished_call));
  reply_.unfinished_call.reset();
}

void ReplyCollector::apply(const Done& done) {
  reply_.usage = done.usage;
  reply_.end = done;
}

void ReplyCollector::apply(const Failed& failed) {
  reply_.usage = failed.usage;
  reply_.end = failed;
}

Reply collect(Provider& provider, const Request& request, const StopToken& stop,
              const EventSink& watch) {
  ReplyCollector collector;
  provider.stream(
      request,
      [&](const StreamEvent& event) {
        if (collector.add(event) == Flow::Cut) return Flow::Cut;
        if (!watch || watch(event) == Flow::Continue) return Flow::Continue;
        collector.cut();
        return Flow::Cut;
      },
      stop);
  return collector.finish();
}

}  // namespace temper::chat
