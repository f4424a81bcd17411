// The contract of the port as checks that every provider has to pass.
//
// Free of any test framework: the outcome is a list of sentences. How a provider
// is made to do something (a script, a server that plays a transcript, an engine
// with a forced sampler) is the caller's business.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chat/message.h"
#include "chat/provider.h"

namespace temper::chat {

// What the model, or the way to it, is to do with every request that comes.
struct Situation {
  enum class Ending {
    TurnEnds,        // the model ends its turn
    TokenLimit,      // it reaches max_output_tokens
    Error,           // the request is refused with an error, before anything is said
    ConnectionDies,  // nothing more comes, and nothing ever will
    Stalls,          // nothing more comes for an hour
  };

  std::string name;
  Request request;
  // What the model says first: text, thinking without a signature, calls. The ids of
  // the calls do not matter. To be said in more than one delta where it is long.
  std::vector<Part> says;
  std::optional<ToolCall> half_call;  // then it begins this one, and does not end it
  Ending ending = Ending::TurnEnds;
};

// A provider that does what the situation says with each of at least 16 requests;
// null where this kind of provider cannot be brought into it.
using ProviderMaker = std::function<std::unique_ptr<Provider>(const Situation&)>;

struct ContractReport {
  std::vector<std::string> violations;  // "two calls: the stream is over without ..."
  std::vector<std::string> skipped;     // names of situations that `make` gave null for
  std::size_t checks = 0;               // streams that were looked at
};

// Runs every situation, with stops and cuts, and from several threads at once.
// Does not return where a provider that stalls cannot be stopped.
ContractReport check_provider_contract(const ProviderMaker& make);

}  // namespace temper::chat
