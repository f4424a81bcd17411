// A model behind a server that speaks chat completions: llama-server, vLLM, SGLang, LM Studio,
// Ollama, OpenAI and others.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "chat/provider.h"
#include "net/egress.h"
#include "net/http_client.h"
#include "providers/known_server.h"
#include "providers/remote_options.h"

namespace temper::providers {

class OpenAiProvider final : public chat::Provider {
 public:
  // `egress` and `clock` must outlive it. Nothing is sent yet.
  OpenAiProvider(const net::Egress& egress, Clock& clock, RemoteOptions options);

  // Asks the server which models it has and how long the context is that it really gives. Takes
  // its only model where none was named. Fails where the server cannot be reached, does not know
  // the model, or has several to choose from; a named model of a server without a list is taken
  // as it is. Call before others use the provider.
  Result<void> discover(const StopToken& stop);

  // The context is what discover found, or less where the server has said so since.
  chat::Capabilities capabilities() const override;
  void stream(const chat::Request& request, const chat::EventSink& sink,
              const StopToken& stop) override;

 private:
  Result<net::HttpAnswer> list_models(const StopToken& stop);
  net::HttpRequest request_to(net::HttpRequest::Method method, net::Url url) const;

  const net::Egress& egress_;
  const net::HttpClient client_;
  Clock& clock_;
  RemoteOptions options_;
  KnownServer known_;
};

}  // namespace temper::providers
