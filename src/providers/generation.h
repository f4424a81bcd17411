// One reply: from the scores after a prompt to events, token by token.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chat/provider.h"
#include "chat/stream_writer.h"
#include "engine/dialect/reader.h"
#include "engine/kv/sequence.h"
#include "engine/models/local_model.h"
#include "providers/constraint.h"
#include "providers/local_provider.h"
#include "providers/prompt.h"
#include "providers/stop_sequences.h"

namespace temper::providers {

class Generation {
 public:
  struct Limits {
    std::uint64_t tokens = 0;
    std::optional<std::uint64_t> thinking = {};
  };
  // How the reply ended; nothing where the stream was interrupted or failed.
  struct End {
    chat::StopReason reason = chat::StopReason::EndOfTurn;
    std::optional<Error> failure = {};
  };

  // All must outlive it. `text` is what `sequence` holds, and grows with it.
  Generation(engine::LocalModel& model, const engine::Tokenizer& tokenizer,
             const Spelling& spelling, const engine::Dialect& dialect, TokenChooser& chooser,
             Constraint& constraint, engine::DialectReader& reader, const chat::Request& request,
             chat::StreamWriter& writer);

  // The sequence has been read but for the tokens of `rest`. Events go to the writer,
  // but the last. Fails where the engine does, or was stopped.
  Result<End> run(engine::Sequence& sequence, TokenText& text, const Limits& limits,
                  std::vector<float> scores, const StopToken& stop);

  chat::Usage& usage() { return usage_; }

 private:
  Result<void> compute(engine::Sequence& sequence, const StopToken& stop);
  Result<engine::TokenId> choose();
  bool say(engine::TokenId token);
  bool say(const Spelling::Piece& piece);
  bool send(std::vector<chat::StreamEvent> events);
  bool is_end(engine::TokenId token) const;
  void add(engine::TokenId token);
  bool force(engine::TokenId before);
  bool close_thinking(const Limits& limits);
  Result<End> finish(chat::StopReason reason);

  engine::LocalModel& model_;
  const engine::Tokenizer& tokenizer_;
  const Spelling& spelling_;
  const engine::Dialect& dialect_;
  TokenChooser& chooser_;
  Constraint& constraint_;
  engine::DialectReader& reader_;
  chat::StreamWriter& writer_;
  StopSequences stops_;
  TokenText* text_ = nullptr;
  std::vector<engine::TokenId> pending_;  // written, and not computed yet
  std::vector<float> scores_;
  chat::Usage usage_;
  bool thinking_closed_ = false;
};

}  // namespace temper::providers
