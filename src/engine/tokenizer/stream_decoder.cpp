#include "engine/tokenizer/stream_decoder.h"

#include <utility>

#include "base/utf8.h"

namespace temper::engine {

std::string StreamDecoder::add(TokenId token) {
  held_ += tokenizer_->shown(token, shown_, std::exchange(at_start_, false));
  const std::string_view whole = drop_split_end(held_);
  std::string text = make_valid_utf8(whole);
  held_.erase(0, whole.size());
  return text;
}

std::string StreamDecoder::finish() { return make_valid_utf8(std::exchange(held_, {})); }

}  // namespace temper::engine
