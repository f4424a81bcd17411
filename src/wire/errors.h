// What servers mean when they refuse: statuses and sentences, each server's own, as errors of
// ours. Pure; the sentences that it knows stand in tests/golden/wire/errors.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "chat/events.h"

namespace temper::wire {

struct ServerError {
  // Limit     the conversation is longer than the context
  // Denied    the key, or what it may do; or there is no money left
  // NotFound  the model, or the address of the API
  // Invalid   the request
  // Unavailable, else: too many requests, loading, overloaded, broken
  Error error;
  chat::Retry retry = chat::Retry::Useless;
  // Of a Limit: how long the context is, where the server says so.
  std::optional<std::uint64_t> context_tokens = {};

  bool operator==(const ServerError&) const = default;
};

// An answer with a status that is no success. The body may be anything.
ServerError error_of_answer(int status, std::string_view body);

// An error in the middle of a stream: what stands under "error", or all of the event.
ServerError error_of_event(const Json& error);

}  // namespace temper::wire
