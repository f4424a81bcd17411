#include "chat/domains/text_of.h"

#include <utility>

#include "base/utf8_steps.h"

namespace temper::chat {
namespace {

Domain::State state_of(TextIndex::Range range) {
  return range.count() == 0 ? Domain::kDead : range.begin | Domain::State{range.end} << 32;
}

TextIndex::Range range_of(Domain::State state) {
  return {static_cast<std::uint32_t>(state), static_cast<std::uint32_t>(state >> 32)};
}

}  // namespace

TextIndex::Range next_in_text(const TextIndex& index, TextIndex::Range range, std::uint8_t byte) {
  if (range == index.whole() && is_utf8_continuation(byte)) return {};
  return index.step(range, byte);
}

bool is_member_of_text(const TextIndex& index, TextIndex::Range range, Occurrence occurrence) {
  if (range == index.whole() || !index.ends_character(range)) return false;
  return occurrence == Occurrence::Any || range.count() == 1;
}

TextOf::TextOf(std::shared_ptr<const TextIndex> index, Occurrence occurrence)
    : index_(std::move(index)), occurrence_(occurrence) {}

Domain::State TextOf::start(State) const {
  const bool is_empty = index_->whole().count() == 1;
  return is_empty ? kDead : state_of(index_->whole());
}

Domain::State TextOf::next(State state, std::uint8_t byte) const {
  return state_of(next_in_text(*index_, range_of(state), byte));
}

bool TextOf::is_member(State state) const {
  return is_member_of_text(*index_, range_of(state), occurrence_);
}

}  // namespace temper::chat
