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
      context_tokens_(options_.context_tokens) {
  if (!context_tokens_ && options_.model.starts_with(kFamily)) context_tokens_ = kFamilyContext;
}

chat::Capabilities AnthropicProvider::capabilities() const {
  chat::Capabilities capabilities;
  capabilities.model = options_.model;
  capabilities.place = place_of(egress_, options_.base_url);
  capabilities.native_tools = true;
  const std::lock_guard lock(mutex_);
  capabilities.context_tokens = context_tokens_;
  capabilities.counts_tokens = counts_tokens_;
  return capabilities;
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
  const RemoteNews news = stream_remote(client_, clock_, options_.patience, remote, sink, stop);
  const std::lock_guard lock(mutex_);
  if (news.context_tokens) context_tokens_ = news.context_tokens;
  counts_tokens_ = counts_tokens_ || news.counts_tokens;
}

}  // namespace temper::providers
