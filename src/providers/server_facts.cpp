#include "providers/server_facts.h"

#include <charconv>

#include "base/text.h"
#include "wire/members.h"

namespace temper::providers {
namespace {

using wire::count_of;
using wire::present;
using wire::text_or_empty;

using Tokens = std::optional<std::uint64_t>;

Tokens positive(Tokens count) { return count.value_or(0) > 0 ? count : std::nullopt; }

const Json::Array& items_of(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* member = present(json, key);
  return member != nullptr && member->items() != nullptr ? *member->items() : kNone;
}

Tokens first_of(const Json& json, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const Tokens count = positive(count_of(json, key))) return count;
  }
  return {};
}

// llama-server: of each of its slots.
Tokens of_llama_server(const net::Url& root, const AskServer& ask) {
  const std::optional<Json> props = ask(root / "/props", {});
  if (!props) return {};
  const Json* settings = present(*props, "default_generation_settings");
  return settings == nullptr ? Tokens() : positive(count_of(*settings, "n_ctx"));
}

Tokens of_lm_studio(const net::Url& root, const std::string& model, const AskServer& ask) {
  const std::optional<Json> models = ask(root / "/api/v0/models", {});
  if (!models) return {};
  for (const Json& one : items_of(*models, "data")) {
    if (text_or_empty(one, "id") != model) continue;
    return first_of(one, {"loaded_context_length", "max_context_length"});
  }
  return {};
}

// The number behind "num_ctx" in the lines of a model's parameters.
Tokens num_ctx_in(std::string_view parameters) {
  for (const std::string_view line : split(parameters, '\n')) {
    const std::string_view words = trim(line);
    if (!words.starts_with("num_ctx")) continue;
    const std::string_view number = trim(words.substr(7));
    std::uint64_t count = 0;
    std::from_chars(number.data(), number.data() + number.size(), count);
    return positive(count);
  }
  return {};
}

// Ollama cuts silently what is too long. A model that is not loaded gets what its parameters
// say; what it was trained for is not what it gets.
Tokens of_ollama(const net::Url& root, const std::string& model, const AskServer& ask) {
  if (const std::optional<Json> loaded = ask(root / "/api/ps", {})) {
    for (const Json& one : items_of(*loaded, "models")) {
      if (text_or_empty(one, "name") != model && text_or_empty(one, "model") != model) continue;
      if (const Tokens count = positive(count_of(one, "context_length"))) return count;
    }
  }
  const std::optional<Json> shown = ask(root / "/api/show", Json::object({{"model", model}}));
  return shown ? num_ctx_in(text_or_empty(*shown, "parameters")) : Tokens();
}

}  // namespace

std::vector<std::string> model_names(const Json& models) {
  std::vector<std::string> names;
  for (const Json& one : items_of(models, "data")) {
    if (std::string name = text_or_empty(one, "id"); !name.empty()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

Tokens context_in_models(const Json& models, const std::string& model) {
  for (const Json& one : items_of(models, "data")) {
    if (text_or_empty(one, "id") != model) continue;
    return first_of(one, {"max_model_len", "context_length", "context_window", "max_context_length",
                          "max_input_tokens"});
  }
  return {};
}

Tokens context_beside_api(const net::Url& root, const std::string& model, const AskServer& ask) {
  if (const Tokens count = of_llama_server(root, ask)) return count;
  if (const Tokens count = of_lm_studio(root, model, ask)) return count;
  return of_ollama(root, model, ask);
}

}  // namespace temper::providers
