// A model in this process behind the port.
//
// It renders a conversation by the model's own template, computes only what it has not
// computed before, holds calls to their schemas and domains while they are being written,
// and says what the model writes as events. It keeps the last conversations that it saw, so
// that going on with one, or back in it, costs what is new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "chat/provider.h"
#include "engine/models/local_model.h"
#include "engine/sampling/sampler.h"
#include "engine/tokenizer/tokenizer.h"

namespace temper::providers {

// Chooses the next token: a sampler, or a script in a test.
class TokenChooser {
 public:
  virtual ~TokenChooser() = default;
  virtual Result<engine::TokenId> choose(std::span<const float> scores,
                                         engine::TokenMask allowed) = 0;
  virtual void accept(engine::TokenId token) = 0;
  // The last token that was accepted is not part of the reply after all: others stand for it.
  virtual void take_back() = 0;
};

struct LocalOptions {
  std::string name = {};                   // what the model is called
  engine::SamplingSettings sampling = {};  // where a request says nothing
  // In place of the file's own, or where it has none.
  std::optional<std::string> chat_template = {};
  std::size_t kept_conversations = 4;
  bool constrain = true;  // off: calls are read, and may be malformed
  // Variables for the template beside the conversation.
  Json template_variables = {};
  std::function<std::unique_ptr<TokenChooser>(const chat::Request&)> chooser = {};
};

class LocalProvider final : public chat::Provider {
 public:
  // Fails where the file has no vocabulary that is known, or a template that is none. `clock`
  // must outlive it.
  static Result<std::unique_ptr<LocalProvider>> create(std::unique_ptr<engine::LocalModel> model,
                                                       Clock& clock, LocalOptions options = {});
  ~LocalProvider() override;

  chat::Capabilities capabilities() const override;
  void stream(const chat::Request& request, const chat::EventSink& sink,
              const StopToken& stop) override;

  // Tokens that the model has read since it was loaded: what was not found again.
  std::uint64_t computed_tokens() const;

 private:
  struct State;
  explicit LocalProvider(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace temper::providers
