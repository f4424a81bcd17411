#include "providers/anthropic_provider.h"

#include <utility>

#include "providers/place.h"
#include "wire/anthropic_messages.h"

namespace temper::providers {
namespace {

using net::HttpRequest;

constexpr const char* kVersion = "2023-06-01";  // of the API: the one that there is
// Of all models that are named so, by Anthropic's list of models.
constexpr std::string_view kFamily = "claude-";
constexpr std::uint64_t kFamilyContext = 200'000;

net::Url messages_url(net::Url url) {
  while (url.target.size() > 1 && url.target.ends_with('/')) url.target.pop_back();
  if (url.target.ends_with("/v1")) url.target.resize(url.target.size() - 3);
  return url / "/v1/messages";
}

}  // namespace

AnthropicProvider::AnthropicProvider(const net::Egress& egress, Clock& clock, RemoteOptions options)
    : egress_(egress),
      client_(egress),
      clock_(clock),
      options_(std::move(options)),
      known_(options_.context_tokens) {
  if (!options_.context_tokens && options_.model.starts_with(kFamily)) {
    known_.set_context(kFamilyContext);
  }
}

chat::Capabilities AnthropicProvider::capabilities() const {
  return known_.capabilities(egress_, options_);
}

void AnthropicProvider::stream(const chat::Request& request, const chat::EventSink& sink,
                               const StopToken& stop) {
  RemoteRequest remote{request, {HttpRequest::Method::Post, messages_url(options_.base_url)}, [&] {
                         return std::make_unique<wire::AnthropicReplyReader>(request);
                       }};
  remote.http.headers = {{"user-agent", "temper"},
                         {"content-type", "application/json"},
                         {"anthropic-version", kVersion}};
  if (options_.key) remote.http.secret_headers.push_back({"x-api-key", *options_.key});
  remote.http.body = wire::anthropic_request(request, {.model = options_.model});
  known_.learn(stream_remote(client_, clock_, options_.patience, remote, sink, stop));
}

}  // namespace temper::providers
