#include "engine/grammar/matcher.h"

#include <algorithm>

namespace temper::engine {

Matcher::Matcher(std::shared_ptr<TokenGrammar> tokens)
    : tokens_(std::move(tokens)), place_(tokens_->situations_.start()) {
  tokens_->places_.insert(&place_);
}

Matcher::Matcher(const Matcher& other) : tokens_(other.tokens_), place_(other.place_) {
  tokens_->places_.insert(&place_);
}

Matcher& Matcher::operator=(const Matcher& other) {
  if (this == &other) return *this;
  other.tokens_->places_.insert(&place_);
  if (tokens_ != other.tokens_) tokens_->places_.erase(&place_);
  tokens_ = other.tokens_;
  place_ = other.place_;
  return *this;
}

Matcher::~Matcher() { tokens_->places_.erase(&place_); }

void Matcher::allowed(std::vector<std::uint64_t>& words) const {
  const TokenGrammar::Mask& mask = tokens_->mask(place_);
  if (!mask.words.empty()) {
    words = mask.words;
  } else {
    words.assign(tokens_->trie().mask_words(), 0);
    for (const TokenId token : mask.few) {
      const auto id = static_cast<std::size_t>(token);
      words[id / 64] |= std::uint64_t{1} << id % 64;
    }
  }
}

SituationId Matcher::after_bytes(std::string_view bytes) const {
  tokens_->make_room();
  SituationId at = place_;
  tokens_->places_.insert(&at);
  for (std::size_t i = 0; i < bytes.size() && at != kDeadSituation; ++i) {
    if (i % 4096 == 4095) tokens_->make_room();
    at = tokens_->situations_.step(at, static_cast<std::uint8_t>(bytes[i]));
  }
  tokens_->places_.erase(&at);
  return at;
}

SituationId Matcher::after_token(TokenId token) const {
  tokens_->make_room();
  // First as a control token, where it is one to the grammar; the vocabulary should give such
  // tokens no text.
  const SituationId then = tokens_->situations_.step_control(place_, token);
  const TokenTrie& trie = tokens_->trie();
  if (then != kDeadSituation || !trie.is_valid(token) || trie.piece(token).empty()) return then;
  return after_bytes(trie.piece(token));
}

bool Matcher::allows(TokenId token) const { return after_token(token) != kDeadSituation; }

bool Matcher::accept(TokenId token) {
  const SituationId next = after_token(token);
  if (next == kDeadSituation) return false;
  place_ = next;
  return true;
}

bool Matcher::accept_bytes(std::string_view bytes) {
  const SituationId next = after_bytes(bytes);
  if (next == kDeadSituation) return false;
  place_ = next;
  return true;
}

Forced Matcher::forced(std::size_t max_bytes) const {
  tokens_->make_room();
  Situations& situations = tokens_->situations_;
  Forced forced;
  SituationId at = place_;
  while (forced.bytes.size() < max_bytes) {
    const std::optional<std::uint8_t> byte = situations.only_byte(at);
    if (!byte) break;
    forced.bytes += static_cast<char>(*byte);
    at = situations.step(at, *byte);
  }
  forced.control = situations.only_control(at);
  return forced;
}

bool Matcher::is_complete() const { return tokens_->situations_.is_complete(place_); }

bool Matcher::is_over() const { return tokens_->situations_.is_over(place_); }

}  // namespace temper::engine
