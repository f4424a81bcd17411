// A model behind Anthropic's messages API.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "chat/provider.h"
#include "net/egress.h"
#include "net/http_client.h"
#include "providers/known_server.h"
#include "providers/remote_options.h"

namespace temper::providers {

class AnthropicProvider final : public chat::Provider {
 public:
  // `egress` and `clock` must outlive it; `options.model` is named. Nothing is sent yet, and
  // nothing is asked of the server: it does not say how long a context is before it is too short.
  AnthropicProvider(const net::Egress& egress, Clock& clock, RemoteOptions options);

  chat::Capabilities capabilities() const override;
  void stream(const chat::Request& request, const chat::EventSink& sink,
              const StopToken& stop) override;

 private:
  const net::Egress& egress_;
  const net::HttpClient client_;
  Clock& clock_;
  RemoteOptions options_;
  KnownServer known_;
};

}  // namespace temper::providers
