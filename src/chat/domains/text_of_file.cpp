#include "chat/domains/text_of_file.h"

#include <optional>
#include <utility>

#include "base/utf8_steps.h"

namespace temper::chat {
namespace {

// A state is a file's number in the upper byte and a range of 28 bits each; or kFree, the
// reach of a character, and whether anything has been read.
constexpr Domain::State kFree = Domain::State{0xFE} << 56;
constexpr Domain::State kNotEmpty = 0x100;
static_assert(TextIndex::kMaxBytes < (std::size_t{1} << 28));

bool is_free(Domain::State state) { return state >> 56 == kFree >> 56; }

std::size_t file_of(Domain::State state) { return state >> 56; }

TextIndex::Range range_of(Domain::State state) {
  return {static_cast<std::uint32_t>(state & 0xFFFFFFF),
          static_cast<std::uint32_t>(state >> 28 & 0xFFFFFFF)};
}

Domain::State state_of(std::size_t file, TextIndex::Range range) {
  if (range.count() == 0) return Domain::kDead;
  return Domain::State{file} << 56 | Domain::State{range.end} << 28 | range.begin;
}

}  // namespace

TextOfFile::TextOfFile(std::shared_ptr<const ExistingPath> paths, Load load,
                       std::shared_ptr<TextCache> cache, Occurrence occurrence)
    : paths_(std::move(paths)),
      load_(std::move(load)),
      cache_(std::move(cache)),
      occurrence_(occurrence) {}

Domain::State TextOfFile::start(State given) const {
  const std::lock_guard lock(mutex_);
  const auto known = starts_.find(given);
  if (known != starts_.end()) return known->second;
  const State state = load(given);
  starts_.emplace(given, state);
  return state;
}

Domain::State TextOfFile::load(State given) const {
  const std::optional<std::string_view> path = paths_->path_at(given);
  if (!path || text_count_ == kFiles) return kFree;
  const Result<std::string> text = load_(*path);
  if (!text || text->empty()) return kFree;
  const Result<std::shared_ptr<const TextIndex>> index = cache_->index_of(*text);
  if (!index) return kFree;
  texts_[text_count_] = *index;
  return state_of(text_count_++, (*index)->whole());
}

Domain::State TextOfFile::next(State state, std::uint8_t byte) const {
  if (!is_free(state)) {
    const std::size_t file = file_of(state);
    return state_of(file, next_in_text(*texts_[file], range_of(state), byte));
  }
  const std::optional<Utf8State> utf8 = utf8_next(static_cast<Utf8State>(state & 0xFF), byte);
  return utf8 ? kFree | kNotEmpty | static_cast<State>(*utf8) : kDead;
}

bool TextOfFile::is_member(State state) const {
  if (!is_free(state)) {
    return is_member_of_text(*texts_[file_of(state)], range_of(state), occurrence_);
  }
  return state == (kFree | kNotEmpty | static_cast<State>(Utf8State::Boundary));
}

}  // namespace temper::chat
