// A model that a command asks, in this process or behind a server, as its options say.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat/provider.h"
#include "cli/command.h"
#include "net/egress.h"

namespace temper::cli {

struct AskedModel {
  std::unique_ptr<net::Egress> egress;  // outlives the provider
  std::unique_ptr<chat::Provider> provider;
  chat::Sampling sampling = {};  // for requests; a local model has its own as its standard
};

struct AskOptions {
  std::size_t usual_context = 8192;  // tokens, for a local model of which more is not said
  bool constrain = true;
};

// The options of remote_option_list, sampling_option_list and load_option_list.
std::vector<Option> model_option_list(std::string_view context_help);

// `name` is a GGUF file, or with --base-url a model of that server; "-" its only one.
Result<AskedModel> ask_model(Context& context, const std::string& name, const AskOptions& options);

}  // namespace temper::cli
