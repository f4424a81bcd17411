#include "providers/constraint.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/verify.h"

namespace temper::providers {

using chat::ToolChoice;
using engine::DialectFamily;
using engine::Matcher;
using engine::SpecialsShown;
using engine::TokenId;
using engine::TokenMask;
using Where = CallOpening::Where;

namespace {

constexpr std::size_t kLastBytes = 64;  // more than any opening has

}  // namespace

// ---- Where in a reply ----

void ReplyPlace::add(char byte) {
  if (last_.size() == 2 * kLastBytes) last_.erase(0, kLastBytes);
  last_ += byte;
}

void ReplyPlace::add_text(char byte, bool is_thinking) {
  add(byte);
  if (!is_json_space(byte)) ++bytes_;
  if (!is_thinking) fences_.add({&byte, 1});
}

void ReplyPlace::add_marker(std::string_view word) {
  for (const char byte : word) add(byte);
  if (word == "<|start|>" || word == "<|channel|>") in_header_ = true;
  if (word == "<|start|>") has_channel_ = false;
  if (word == "<|channel|>") has_channel_ = true;
  if (word == "<|message|>") in_header_ = false;
}

bool ReplyPlace::allows(const CallOpening& opening, bool is_thinking) const {
  if (!last_.ends_with(opening.text)) return false;
  const std::size_t size = opening.text.size();
  const char before = last_.size() > size ? last_[last_.size() - size - 1] : '\n';
  switch (opening.where) {
    case Where::Header: return in_header_ && !has_channel_;
    case Where::ChannelHeader: return in_header_ && has_channel_;
    case Where::ReplyStart:
      return !is_thinking && bytes_ == static_cast<std::size_t>(std::count_if(
                                           opening.text.begin(), opening.text.end(),
                                           [](char byte) { return !is_json_space(byte); }));
    case Where::LineStart: return !is_thinking && !fences_.inside() && before == '\n';
    case Where::Anywhere:
      if (fences_.inside()) return false;
      if (is_thinking) return before == '\n';
      return before != '`' && before != '"' && before != '\'';
  }
  return false;
}

// ---- The reply ----

Constraint::Constraint(const Rules& rules, const engine::Dialect& dialect, const Spelling& spelling,
                       const engine::Tokenizer& tokenizer)
    : rules_(rules),
      dialect_(dialect),
      spelling_(spelling),
      tokenizer_(tokenizer),
      place_(dialect.family == DialectFamily::Harmony) {}

bool Constraint::must_call(bool is_thinking) const {
  return rules_.choice == ToolChoice::Required && calls_ == 0 && !is_thinking && !call_ &&
         !rules_.openings.empty();
}

TokenMask Constraint::allowed(bool is_thinking) {
  if (call_) {
    call_->allowed(words_);
  } else {
    words_ = rules_.free;
    const bool may_end = !(rules_.choice == ToolChoice::Required && calls_ == 0);
    for (const TokenId token : tokenizer_.end_of_generation()) {
      const auto at = static_cast<std::size_t>(token);
      if (!may_end && !is_thinking) words_[at / 64] &= ~(std::uint64_t{1} << at % 64);
    }
  }
  for (const TokenId token : refused_) {
    const auto at = static_cast<std::size_t>(token);
    words_[at / 64] &= ~(std::uint64_t{1} << at % 64);
  }
  return TokenMask{words_};
}

bool Constraint::accept(TokenId token, bool is_thinking) {
  bool taken = true;
  if (call_) {
    taken = call_->accept(token);
  } else if (spelling_.is_marker(token)) {
    taken = accept_marker(token);
  } else if (!tokenizer_.is_hidden(token)) {
    taken = accept_text(tokenizer_.piece(token), is_thinking);
  }
  if (!taken) {
    refused_.push_back(token);
    return false;
  }
  refused_.clear();
  end_call_if_over();
  return true;
}

bool Constraint::accept_marker(TokenId token) {
  for (std::size_t i = 0; i < rules_.openings.size(); ++i) {
    if (rules_.openings[i].token != token) continue;
    if (rules_.choice == ToolChoice::None) return false;
    return open(i, {});
  }
  place_.add_marker(tokenizer_.shown(token, SpecialsShown::Yes, false));
  return true;
}

bool Constraint::accept_text(std::string_view bytes, bool is_thinking) {
  ReplyPlace place = place_;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    place.add_text(bytes[at], is_thinking);
    for (std::size_t i = 0; i < rules_.openings.size(); ++i) {
      const CallOpening& opening = rules_.openings[i];
      if (opening.token || !place.allows(opening, is_thinking)) continue;
      if (rules_.choice == ToolChoice::None) return false;
      return open(i, bytes.substr(at + 1));
    }
  }
  place_ = place;
  return true;
}

// `rest` is what the same token says of the call already.
bool Constraint::open(std::size_t opening, std::string_view rest) {
  Matcher call(rules_.calls[opening]);
  if (!rest.empty() && !call.accept_bytes(rest)) return false;
  call_ = std::move(call);
  return true;
}

void Constraint::end_call_if_over() {
  if (!call_ || !call_->is_over()) return;
  call_.reset();
  ++calls_;
  place_ = ReplyPlace(dialect_.family == DialectFamily::Harmony);
  place_.add_text(';', false);  // no more the beginning of a reply
}

// What opens the first call, where there must be one.
Constraint::Forced Constraint::opening() const {
  const CallOpening& first = rules_.openings.front();
  if (first.token) return {{*first.token}, false, {*first.token}};
  const bool is_harmony = dialect_.family == DialectFamily::Harmony;
  const std::string& text = is_harmony ? dialect_.call.opening : first.text;
  return {spelling_.tokens(text), false, spelling_.pieces(text)};
}

Constraint::Forced Constraint::forced(TokenId before, bool is_thinking) const {
  if (must_call(is_thinking)) return opening();
  if (!call_) return {};
  const engine::Forced must = call_->forced();
  // A tokenizer that puts a space before a text cannot go on with one; the mask has to do.
  const bool has_text = !must.bytes.empty();
  if (has_text && tokenizer_.adds_space()) return {};
  if (!has_text && !must.control) return {};
  if (!has_text) return {{*must.control}, false, {*must.control}};

  const bool joins = !tokenizer_.is_hidden(before) && !spelling_.is_marker(before);
  const std::string_view said = joins ? tokenizer_.piece(before) : std::string_view();
  const std::string text = std::string(said) + must.bytes;
  Forced forced{tokenizer_.encode(text, engine::Specials::AsText), joins, {}};
  std::size_t size = text.size();
  if (!must.control && !forced.tokens.empty()) {
    size -= tokenizer_.piece(forced.tokens.back()).size();
    forced.tokens.pop_back();
  }
  // Nothing new is left, or less than is there already.
  if (size <= said.size()) return {};
  forced.pieces.emplace_back(text.substr(said.size(), size - said.size()));
  if (joins && forced.tokens.front() == before) {
    forced.tokens.erase(forced.tokens.begin());
    forced.replaces = false;
  }
  if (must.control) {
    forced.tokens.push_back(*must.control);
    forced.pieces.emplace_back(*must.control);
  }
  return forced;
}

void Constraint::take(const Forced& forced, bool is_thinking) {
  for (const Spelling::Piece& piece : forced.pieces) {
    const auto* token = std::get_if<TokenId>(&piece);
    const std::string* text = std::get_if<std::string>(&piece);
    const bool taken =
        call_ ? (token != nullptr ? call_->accept(*token) : call_->accept_bytes(*text))
              : (token != nullptr ? accept_marker(*token) : accept_text(*text, is_thinking));
    VERIFY(taken, "what is forced is allowed");
  }
  refused_.clear();
  end_call_if_over();
}

}  // namespace temper::providers
