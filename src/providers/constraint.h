// Holds a reply to what its request allows, token by token: text is free, a call once begun
// can only be one that fits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/provider.h"
#include "engine/dialect/dialect.h"
#include "engine/dialect/plain_reader.h"
#include "engine/grammar/matcher.h"
#include "engine/grammar/token_grammar.h"
#include "engine/sampling/token_mask.h"
#include "engine/tokenizer/tokenizer.h"
#include "providers/call_grammar.h"
#include "providers/spelling.h"

namespace temper::providers {

// Where in a reply the model is, as far as it matters for what may open a call.
class ReplyPlace {
 public:
  explicit ReplyPlace(bool is_harmony) : in_header_(is_harmony) {}

  void add_text(char byte, bool is_thinking);
  void add_marker(std::string_view word);
  // Does text that ends here open a call, as the opening says?
  bool allows(const CallOpening& opening, bool is_thinking) const;

 private:
  void add(char byte);

  std::string last_;       // of what was written: some bytes
  std::size_t bytes_ = 0;  // that are no white space
  engine::FenceTracker fences_;
  bool in_header_ = false;
  bool has_channel_ = false;
};

class Constraint {
 public:
  // What does not change from one reply to the next.
  struct Rules {
    std::vector<CallOpening> openings;
    std::vector<std::shared_ptr<engine::TokenGrammar>> calls;  // of each
    std::vector<std::uint64_t> free;  // the tokens that may stand outside of calls
    chat::ToolChoice choice = chat::ToolChoice::Auto;
  };

  // All must outlive it.
  Constraint(const Rules& rules, const engine::Dialect& dialect, const Spelling& spelling,
             const engine::Tokenizer& tokenizer);

  // What may come, for a sampler; valid until the next call.
  engine::TokenMask allowed(bool is_thinking);
  // Goes on by a token. False, and nothing has happened, where it cannot be part of a reply:
  // then it is not allowed for this place any more.
  bool accept(engine::TokenId token, bool is_thinking);
  // What must come now, whatever the model would choose.
  struct Forced {
    std::vector<engine::TokenId> tokens;
    bool replaces = false;                // the token before, whose bytes they begin with
    std::vector<Spelling::Piece> pieces;  // what they say that has not been said yet
  };
  // `before` is the token before. Text is tokenized as the model would have written it, together
  // with that; its last token is left to the model, for which it may be part of a longer one.
  Forced forced(engine::TokenId before, bool is_thinking) const;
  // Goes on by what forced() said.
  void take(const Forced& forced, bool is_thinking);
  bool in_call() const { return call_.has_value(); }

 private:
  bool accept_text(std::string_view bytes, bool is_thinking);
  bool accept_marker(engine::TokenId token);
  bool open(std::size_t opening, std::string_view rest);
  void end_call_if_over();
  bool must_call(bool is_thinking) const;
  Forced opening() const;

  const Rules& rules_;
  const engine::Dialect& dialect_;
  const Spelling& spelling_;
  const engine::Tokenizer& tokenizer_;
  ReplyPlace place_;
  std::optional<engine::Matcher> call_;
  std::size_t calls_ = 0;
  std::vector<std::uint64_t> words_;
  std::vector<engine::TokenId> refused_;  // here
};

}  // namespace temper::providers
