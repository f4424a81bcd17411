#include "providers/registry.h"

#include <utility>

#include "providers/anthropic_provider.h"
#include "providers/openai_provider.h"

namespace temper::providers {
namespace {

using Made = Result<std::unique_ptr<chat::Provider>>;

Made make(LocalSource source, const ProviderWorld& world, const StopToken&) {
  std::unique_ptr<chat::Provider> provider =
      TRY(LocalProvider::create(std::move(source.model), world.clock, std::move(source.options)));
  return provider;
}

Made make(const RemoteSource& source, const ProviderWorld& world, const StopToken& stop) {
  RemoteOptions options{TRY(net::parse_url(source.base_url)), source.model,
                        TRY(read_key(source.key, world.environment)), source.context_tokens};
  TRY(world.egress.check(options.base_url));
  std::unique_ptr<chat::Provider> made;
  if (source.api == Api::Anthropic) {
    if (source.model.empty()) {
      return Error{Code::Invalid, "Anthropic's API has many models; name one"};
    }
    made = std::make_unique<AnthropicProvider>(world.egress, world.clock, std::move(options));
    return made;
  }
  auto openai = std::make_unique<OpenAiProvider>(world.egress, world.clock, std::move(options));
  TRY(openai->discover(stop));
  made = std::move(openai);
  return made;
}

}  // namespace

Result<std::unique_ptr<chat::Provider>> make_provider(ProviderSource source,
                                                      const ProviderWorld& world,
                                                      const StopToken& stop) {
  return std::visit([&](auto&& one) { return make(std::forward<decltype(one)>(one), world, stop); },
                    std::move(source));
}

}  // namespace temper::providers
