// A reply of a server, whatever its API: asked for, read as it comes, and asked for again where
// that may help and nobody has seen anything of it yet.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/stop.h"
#include "chat/provider.h"
#include "net/http_client.h"
#include "wire/reply_reader.h"

namespace temper::providers {

// A server that does not answer, is loading or has too much to do is asked again, with twice the
// wait each time, or the one that it asks for.
struct Patience {
  int attempts = 6;
  std::chrono::milliseconds first_wait{500};
  std::chrono::milliseconds longest_wait{30'000};
};

// All of it must remain live while the reply is read.
struct RemoteRequest {
  const chat::Request& request;
  net::HttpRequest http;
  std::function<std::unique_ptr<wire::ReplyReader>()> make_reader;
};

// What was learned by the way.
struct RemoteNews {
  std::optional<std::uint64_t> context_tokens;  // the server says that it is only so much
  bool counts_tokens = false;                   // it gave usage
};

// As chat::Provider::stream.
RemoteNews stream_remote(const net::HttpClient& client, Clock& clock, const Patience& patience,
                         const RemoteRequest& remote, const chat::EventSink& sink,
                         const StopToken& stop);

}  // namespace temper::providers
