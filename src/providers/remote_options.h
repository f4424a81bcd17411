// What a provider behind a server is made with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/secret.h"
#include "net/url.h"
#include "providers/remote_reply.h"

namespace temper::providers {

struct RemoteOptions {
  net::Url base_url;       // with "/v1" or without
  std::string model = {};  // "": the one that the server has
  std::optional<net::Secret> key = {};
  // What the user knows of the context; else the server is asked.
  std::optional<std::uint64_t> context_tokens = {};
  Patience patience = {};
};

}  // namespace temper::providers
