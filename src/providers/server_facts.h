// What servers of models say of themselves, each at an address of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "net/http_client.h"
#include "net/url.h"

namespace temper::providers {

// The names in an answer to GET /v1/models.
std::vector<std::string> model_names(const Json& models);

// The context that such an answer gives for the model, where it is one that the server keeps to
// (vLLM, SGLang, OpenRouter, Groq); what a model was trained for does not count.
std::optional<std::uint64_t> context_in_models(const Json& models, const std::string& model);

// GET, or POST of a body; nothing where the server has no JSON there.
using AskServer =
    std::function<std::optional<Json>(const net::Url& url, const std::optional<Json>& body)>;

// What llama-server, LM Studio and Ollama say of the context at addresses beside the API, whose
// root is `root`. The least that a model of that name is loaded with.
std::optional<std::uint64_t> context_beside_api(const net::Url& root, const std::string& model,
                                                const AskServer& ask);

}  // namespace temper::providers
