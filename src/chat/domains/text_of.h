// The domain of what occurs in a text: the `before` of an edit.
//
// Bytes as they are, so line endings count: in a file with "\r\n" a member has them too.
// A member is not empty, and is whole characters.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "chat/domain.h"
#include "chat/domains/text_index.h"

namespace temper::chat {

enum class Occurrence {
  Once,  // nowhere else, overlapping itself included
  Any,
};

// Every piece of a text leads to one that occurs once: go on from where the piece occurs
// first, to the end of the text. That would occur again only from further ahead, and
// there is none. So no state is dead, whatever is asked.
class TextOf final : public Domain {
 public:
  TextOf(std::shared_ptr<const TextIndex> index, Occurrence occurrence);

  State start(State given) const override;
  State next(State state, std::uint8_t byte) const override;
  bool is_member(State state) const override;

 private:
  std::shared_ptr<const TextIndex> index_;
  Occurrence occurrence_;
};

// For domains that read an index themselves: what `next` and `is_member` do.
TextIndex::Range next_in_text(const TextIndex& index, TextIndex::Range range, std::uint8_t byte);
bool is_member_of_text(const TextIndex& index, TextIndex::Range range, Occurrence occurrence);

}  // namespace temper::chat
