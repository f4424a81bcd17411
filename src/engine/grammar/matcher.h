// One text on its way through a grammar, token by token.
//
// As long as only allowed tokens are accepted there is always one more that is allowed, or
// the text is complete; but a vocabulary must be able to say every byte that the grammar
// may ask for, one by one if need be. A copy costs next to nothing, so going back is
// keeping one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/grammar/token_grammar.h"

namespace temper::engine {

// What must come, whatever a model thinks: the bytes, then the control token.
struct Forced {
  std::string bytes;
  std::optional<TokenId> control;

  bool operator==(const Forced&) const = default;
};

class Matcher {
 public:
  // At the start of a text. As for threads, see token_grammar.h.
  explicit Matcher(std::shared_ptr<TokenGrammar> tokens);
  Matcher(const Matcher& other);
  Matcher& operator=(const Matcher& other);
  ~Matcher();

  // Makes `words` the mask of what may come, as sampling takes it (a TokenMask): bit
  // `id % 64` of word `id / 64`. Nothing may where the text is over.
  void allowed(std::vector<std::uint64_t>& words) const;
  bool allows(TokenId token) const;

  // Goes on by a token. False, and nothing has happened, where it is not allowed.
  bool accept(TokenId token);
  // Goes on by bytes, however they are cut into tokens; the same.
  bool accept_bytes(std::string_view bytes);

  // At most `max_bytes` of what must come. Empty where there is a choice, or the text may
  // end.
  Forced forced(std::size_t max_bytes = 4096) const;

  // May the text end here?
  bool is_complete() const;
  // May it only end?
  bool is_over() const;

 private:
  SituationId after_bytes(std::string_view bytes) const;
  SituationId after_token(TokenId token) const;

  std::shared_ptr<TokenGrammar> tokens_;
  mutable SituationId place_;  // renumbered when the grammar forgets
};

}  // namespace temper::engine
