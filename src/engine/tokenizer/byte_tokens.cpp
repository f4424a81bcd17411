#include "engine/tokenizer/byte_tokens.h"

#include <optional>

namespace temper::engine {

ByteTokens ByteTokens::named_in(const Vocabulary& vocabulary) {
  ByteTokens bytes;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    const std::optional<std::uint8_t> byte = byte_of_token_text(vocabulary.text(id));
    if (byte && bytes[*byte] == kNoToken) bytes[*byte] = id;
  }
  return bytes;
}

}  // namespace temper::engine
