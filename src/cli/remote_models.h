// What commands that ask a model behind a server have in common: where it is, and how far a
// conversation may go.
#pragma once

#include <vector>

#include "base/result.h"
#include "chat/provider.h"
#include "cli/command.h"
#include "net/egress.h"
#include "providers/registry.h"

namespace temper::cli {

// --base-url, --provider, --api-key-env, --api-key-file and --network.
std::vector<Option> remote_option_list();

// What may leave this machine, as --network says; Denied where that is not as far as --base-url.
// The command line alone decides: a repository could bring a configuration of its own.
Result<net::Egress> egress_of(const Arguments& arguments);

// As --base-url and its companions say; the model is named `model`, or "-" for the server's only
// one.
Result<providers::RemoteSource> remote_source(const Context& context, const std::string& model);

// The settings of sampling_option_list that were given, for a server to keep to.
Result<chat::Sampling> given_sampling(const Arguments& arguments);

}  // namespace temper::cli
