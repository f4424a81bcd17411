#include "cli/asked_model.h"

#include <algorithm>
#include <utility>

#include "cli/local_models.h"
#include "cli/remote_models.h"
#include "cli/sampling_options.h"
#include "providers/registry.h"

namespace temper::cli {
namespace {

Result<providers::LocalSource> local_source(const Context& context, const std::string& name,
                                            const AskOptions& wishes) {
  providers::LocalOptions options;
  options.sampling = TRY(read_sampling(context.arguments));
  options.name = name;
  options.constrain = wishes.constrain;
  engine::ModelFile file = TRY(open_model_file(context, name));
  engine::LoadOptions defaults;
  const engine::ModelShape shape = TRY(read_shape(file, TRY(load_options(context, defaults))));
  defaults.context = std::min(wishes.usual_context, std::max<std::size_t>(shape.context, 1));
  std::unique_ptr<engine::LocalModel> model =
      TRY(load_local_model(context, std::move(file), TRY(load_options(context, defaults))));
  return providers::LocalSource{std::move(model), std::move(options)};
}

}  // namespace

std::vector<Option> model_option_list(std::string_view context_help) {
  std::vector<Option> options;
  for (auto&& list :
       {remote_option_list(), sampling_option_list(),
        load_option_list("fast (activations in 8 bits) or exact (in single precision); else fast",
                         context_help)}) {
    options.insert(options.end(), list.begin(), list.end());
  }
  return options;
}

Result<AskedModel> ask_model(Context& context, const std::string& name, const AskOptions& options) {
  AskedModel asked;
  asked.egress = std::make_unique<net::Egress>(TRY(egress_of(context.arguments)));
  providers::ProviderSource source;
  if (context.arguments.has("--base-url")) {
    asked.sampling = TRY(given_sampling(context.arguments));
    source = TRY(remote_source(context, name));
  } else {
    source = TRY(local_source(context, name, options));
  }
  asked.provider = TRY(providers::make_provider(
      std::move(source), {*asked.egress, context.clock, context.environment}, context.stop));
  return asked;
}

}  // namespace temper::cli
