// Remembers what words have become: code says the same few thousand words again and again.
//
// A place for each hash: a newer word takes that of an older one. Only short words with
// few tokens are kept, which nearly all are.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/tokenizer/tables.h"

namespace temper::engine {

class WordCache {
 public:
  WordCache() : slots_(kSlots) {}

  // Appends the tokens of the word and says so, where it is known.
  bool append(std::string_view word, std::vector<TokenId>& tokens) const {
    if (word.size() > kMaxBytes) return false;
    const Slot& slot = slots_[hash_text(word) % kSlots];
    if (slot.count == 0 || slot.size != word.size() ||
        std::memcmp(slot.text.data(), word.data(), word.size()) != 0) {
      return false;
    }
    tokens.insert(tokens.end(), slot.tokens.begin(), slot.tokens.begin() + slot.count);
    return true;
  }

  void keep(std::string_view word, std::span<const TokenId> tokens) {
    if (word.size() > kMaxBytes || tokens.empty() || tokens.size() > kMaxTokens) return;
    Slot& slot = slots_[hash_text(word) % kSlots];
    slot.size = static_cast<std::uint8_t>(word.size());
    slot.count = static_cast<std::uint8_t>(tokens.size());
    std::copy(word.begin(), word.end(), slot.text.begin());
    std::copy(tokens.begin(), tokens.end(), slot.tokens.begin());
  }

 private:
  static constexpr std::size_t kSlots = 1 << 14;
  static constexpr std::size_t kMaxBytes = 30;
  static constexpr std::size_t kMaxTokens = 8;

  struct Slot {
    std::uint8_t size = 0;
    std::uint8_t count = 0;  // 0: free
    std::array<char, kMaxBytes> text{};
    std::array<TokenId, kMaxTokens> tokens{};
  };
  static_assert(sizeof(Slot) == 64, "one line of the processor's cache");

  std::vector<Slot> slots_;
};

// One cache for callers on several threads: who finds it in use does without.
class SharedWordCache {
 public:
  class Turn {
   public:
    explicit Turn(SharedWordCache& shared)
        : lock_(shared.mutex_, std::try_to_lock), cache_(lock_ ? &shared.cache_ : nullptr) {}

    // Appends the tokens of the word: those that are known, or else those that `encode()`
    // appends.
    template <typename Encode>
    void append(std::string_view word, std::vector<TokenId>& tokens, const Encode& encode) {
      if (cache_ != nullptr && cache_->append(word, tokens)) return;
      const std::size_t before = tokens.size();
      encode();
      if (cache_ != nullptr) cache_->keep(word, std::span(tokens).subspan(before));
    }

   private:
    std::unique_lock<std::mutex> lock_;
    WordCache* cache_;
  };

 private:
  std::mutex mutex_;
  WordCache cache_;
};

}  // namespace temper::engine
