#include "providers/prompt.h"

#include <algorithm>
#include <utility>

namespace temper::providers {
namespace {

using engine::Rendered;
using engine::Segment;
using engine::SpecialsShown;
using engine::TokenId;
using engine::Tokenizer;
using engine::Trust;

// What of the rendered text comes after its first `from` bytes.
std::vector<Segment> segments_from(const Rendered& rendered, std::size_t from) {
  std::vector<Segment> segments;
  for (const engine::RenderedSegment& segment : rendered.segments) {
    const std::size_t skipped = std::min(from, segment.text.size());
    from -= skipped;
    if (skipped == segment.text.size()) continue;
    segments.push_back({std::string_view(segment.text).substr(skipped),
                        segment.trusted ? Trust::Trusted : Trust::Untrusted});
  }
  return segments;
}

// Up to where the bytes from `begin` on are trusted.
std::size_t trusted_until(const Rendered& rendered, std::size_t begin) {
  std::size_t end = 0;
  for (const engine::RenderedSegment& segment : rendered.segments) {
    end += segment.text.size();
    if (end > begin) return segment.trusted ? end : begin;
  }
  return begin;
}

std::size_t common_bytes(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + most, b.begin()).first -
                                  a.begin());
}

}  // namespace

TokenText::TokenText(const Tokenizer& tokenizer, const Rendered& rendered) {
  std::vector<TokenId> tokens = tokenizer.encode(segments_from(rendered, 0));
  const TokenId bos = tokenizer.special_ids().bos;
  if (tokenizer.adds_bos() && (tokens.empty() || tokens.front() != bos)) {
    tokens_.push_back(bos);  // which the template has not written: it has no text
    ends_.push_back(0);
  }
  append(tokenizer, tokens);
}

void TokenText::append(const Tokenizer& tokenizer, std::span<const TokenId> tokens) {
  for (const TokenId token : tokens) add(tokenizer, token);
}

void TokenText::add(const Tokenizer& tokenizer, TokenId token) {
  text_ += tokenizer.shown(token, SpecialsShown::Yes, text_.empty());
  tokens_.push_back(token);
  ends_.push_back(text_.size());
}

void TokenText::cut(std::size_t tokens) {
  tokens_.resize(tokens);
  ends_.resize(tokens);
  text_.resize(tokens == 0 ? 0 : ends_.back());
}

std::size_t TokenText::tokens_within(std::string_view text) const {
  const std::size_t bytes = common_bytes(text_, text);
  return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), bytes) -
                                  ends_.begin());
}

std::size_t TokenText::common(const Tokenizer& tokenizer, const Rendered& rendered) const {
  const std::size_t bytes = common_bytes(text_, rendered.text());
  std::size_t count = 0;
  for (std::size_t begin = 0; count < tokens_.size(); begin = ends_[count++]) {
    if (ends_[count] > bytes) break;
    const bool is_control = tokenizer.is_hidden(tokens_[count]);
    if (is_control && trusted_until(rendered, begin) < ends_[count]) break;
  }
  return count;
}

TokenText TokenText::continued(const Tokenizer& tokenizer, const Rendered& rendered) const {
  // Two texts may be cut apart in front of a control token and nowhere else: only there is
  // each tokenized as it would be together with the other.
  const auto begins_anew = [&](TokenId token) { return tokenizer.is_hidden(token); };
  for (std::size_t count = common(tokenizer, rendered); count > 0; --count) {
    const bool is_end = count == tokens_.size();
    if (!is_end && !begins_anew(tokens_[count])) continue;
    const std::vector<TokenId> rest = tokenizer.encode(segments_from(rendered, ends_[count - 1]));
    if (rest.empty() || !begins_anew(rest.front())) continue;
    TokenText made = *this;
    made.cut(count);
    made.append(tokenizer, rest);
    return made;
  }
  return TokenText(tokenizer, rendered);
}

}  // namespace temper::providers
