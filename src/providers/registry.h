// Makes the provider that a user has named: a model in this process, or behind a server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/environment.h"
#include "base/result.h"
#include "base/stop.h"
#include "chat/provider.h"
#include "net/egress.h"
#include "providers/api_key.h"
#include "providers/local_provider.h"

namespace temper::providers {

// A model that the caller has loaded.
struct LocalSource {
  std::unique_ptr<engine::LocalModel> model;
  LocalOptions options = {};
};

enum class Api { OpenAi, Anthropic };

struct RemoteSource {
  Api api = Api::OpenAi;
  std::string base_url;
  std::string model = {};  // with OpenAi, "" is the only one that the server has
  KeySource key = {};
  std::optional<std::uint64_t> context_tokens = {};  // else the server is asked
};

using ProviderSource = std::variant<LocalSource, RemoteSource>;

// What providers need of the world; all of it must outlive them.
struct ProviderWorld {
  const net::Egress& egress;
  Clock& clock;
  const Environment& environment;
};

// Servers of chat completions are asked for their models and context (OpenAiProvider::discover).
Result<std::unique_ptr<chat::Provider>> make_provider(ProviderSource source,
                                                      const ProviderWorld& world,
                                                      const StopToken& stop);

}  // namespace temper::providers
