#include "providers/generation.h"

#include <algorithm>
#include <utility>

namespace temper::providers {

using chat::StopReason;
using chat::StreamEvent;
using chat::TextDelta;
using engine::Sequence;
using engine::SpecialsShown;
using engine::TokenId;

Generation::Generation(engine::LocalModel& model, const engine::Tokenizer& tokenizer,
                       const Spelling& spelling, const engine::Dialect& dialect,
                       TokenChooser& chooser, Constraint& constraint, engine::DialectReader& reader,
                       const chat::Request& request, chat::StreamWriter& writer)
    : model_(model),
      tokenizer_(tokenizer),
      spelling_(spelling),
      dialect_(dialect),
      chooser_(chooser),
      constraint_(constraint),
      reader_(reader),
      writer_(writer),
      stops_(request.stop_sequences) {}

Result<Generation::End> Generation::run(Sequence& sequence, TokenText& text, const Limits& limits,
                                        std::vector<float> scores, const StopToken& stop) {
  text_ = &text;
  scores_ = std::move(scores);
  if (!force(text.tokens().back())) return finish(StopReason::EndOfTurn);
  while (true) {
    if (!close_thinking(limits)) return finish(StopReason::EndOfTurn);
    if (!pending_.empty()) TRY(compute(sequence, stop));
    if (usage_.output_tokens >= limits.tokens) return finish(StopReason::TokenLimit);
    const TokenId token = TRY(choose());
    ++usage_.output_tokens;
    if (reader_.is_thinking()) ++usage_.thinking_tokens;
    if (is_end(token)) {
      if (spelling_.is_marker(token)) say(token);  // which may end a call, too
      return finish(StopReason::EndOfTurn);
    }
    add(token);
    if (!say(token)) break;
    if (!reader_.wants_more()) return finish(StopReason::EndOfTurn);
    if (stops_.found()) return finish(StopReason::StopSequence);
    if (!force(token)) break;
  }
  return finish(StopReason::EndOfTurn);
}

Result<void> Generation::compute(Sequence& sequence, const StopToken& stop) {
  engine::LocalModel::Append how;
  how.stop = stop;
  TRY(model_.append(sequence, pending_, how, [&](std::size_t, std::span<const float> scores) {
    scores_.assign(scores.begin(), scores.end());
  }));
  pending_.clear();
  return {};
}

// A token that fits the place. What looked right to the mask and opens a call in a way that
// cannot go on is refused, and another chosen.
Result<TokenId> Generation::choose() {
  while (true) {
    const bool is_thinking = reader_.is_thinking();
    const TokenId token = TRY(chooser_.choose(scores_, constraint_.allowed(is_thinking)));
    if (is_end(token) || constraint_.accept(token, is_thinking)) return token;
  }
}

bool Generation::is_end(TokenId token) const {
  return !constraint_.in_call() && tokenizer_.is_end_of_generation(token);
}

void Generation::add(TokenId token) {
  chooser_.accept(token);
  text_->add(tokenizer_, token);
  pending_.push_back(token);
}

// What the grammar leaves no choice about.
bool Generation::force(TokenId before) {
  const bool is_thinking = reader_.is_thinking();
  const Constraint::Forced forced = constraint_.forced(before, is_thinking);
  if (forced.pieces.empty()) return true;
  if (forced.replaces && !pending_.empty()) {
    chooser_.take_back();
    pending_.pop_back();
    text_->cut(text_->tokens().size() - 1);
    --usage_.output_tokens;
  }
  constraint_.take(forced, is_thinking);
  usage_.output_tokens += forced.tokens.size();
  for (const TokenId token : forced.tokens) add(token);
  return std::all_of(forced.pieces.begin(), forced.pieces.end(),
                     [&](const Spelling::Piece& piece) { return say(piece); });
}

// A model that has thought for long enough is made to say so, and goes on.
bool Generation::close_thinking(const Limits& limits) {
  if (!limits.thinking || thinking_closed_ || !reader_.is_thinking()) return true;
  if (usage_.thinking_tokens < *limits.thinking || constraint_.in_call()) return true;
  thinking_closed_ = true;
  for (const TokenId token : spelling_.tokens(dialect_.thinking.close)) {
    ++usage_.output_tokens;
    ++usage_.thinking_tokens;
    add(token);
    if (!say(token)) return false;
  }
  return true;
}

bool Generation::say(TokenId token) {
  const bool is_whole = tokenizer_.is_hidden(token) || spelling_.is_marker(token);
  return send(reader_.add(tokenizer_.shown(token, SpecialsShown::Yes, false), is_whole));
}

bool Generation::say(const Spelling::Piece& piece) {
  if (const auto* token = std::get_if<TokenId>(&piece)) return say(*token);
  return send(reader_.add(std::get<std::string>(piece), false));
}

// Text goes through what may end it; all else ends what was held of that.
bool Generation::send(std::vector<StreamEvent> events) {
  for (StreamEvent& event : events) {
    if (stops_.found()) return true;
    if (const auto* text = std::get_if<TextDelta>(&event)) {
      std::string certain = stops_.add(text->text);
      if (!certain.empty() && !writer_.send(TextDelta{std::move(certain)})) return false;
      continue;
    }
    std::string held = stops_.flush();
    if (!held.empty() && !writer_.send(TextDelta{std::move(held)})) return false;
    if (!writer_.send(event)) return false;
  }
  return true;
}

Result<Generation::End> Generation::finish(StopReason reason) {
  engine::ReadEnd end = reader_.finish(reason);
  if (writer_.interrupted()) return stopped_error("the reply");
  if (!send(std::move(end.events))) return stopped_error("the reply");
  const std::string held = stops_.flush();
  if (!held.empty() && !writer_.send(TextDelta{held})) return stopped_error("the reply");
  return End{end.reason, std::move(end.failure)};
}

}  // namespace temper::providers
