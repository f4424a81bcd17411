#include "providers/openai_provider.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "providers/place.h"
#include "providers/server_facts.h"
#include "wire/errors.h"
#include "wire/openai_chat.h"

namespace temper::providers {
namespace {

using net::HttpRequest;
using net::Url;

constexpr std::size_t kMaxFactsBytes = std::size_t{16} << 20;
constexpr std::size_t kMostNames = 12;

// Bare servers have the API under /v1.
Url with_version(Url url) {
  while (url.target.size() > 1 && url.target.ends_with('/')) url.target.pop_back();
  if (url.target == "/") url.target = "/v1";
  return url;
}

Url root_of(Url url) {
  if (url.target.ends_with("/v1")) url.target.resize(url.target.size() - 3);
  if (url.target.empty()) url.target = "/";
  return url;
}

Error choose_model(const Url& url, const std::string& wanted, std::vector<std::string> names) {
  if (names.empty()) {
    return {Code::NotFound, format("{} has no model; load one there", url.origin())};
  }
  const std::size_t left_out = names.size() - std::min(names.size(), kMostNames);
  names.resize(names.size() - left_out);
  std::string list = printable(join(names, ", "), LineBreaks::Escape);
  if (left_out > 0) list += format(" and {} more", left_out);
  if (wanted.empty()) {
    return {Code::Invalid, format("{} has several models; name one: {}", url.origin(), list)};
  }
  return {Code::NotFound, format("{} has no model {}; it has {}", url.origin(),
                                 printable(wanted, LineBreaks::Escape), list)};
}

wire::OpenAiServer server_of(const net::Egress& egress, const Url& url) {
  if (place_of(egress, url) != chat::Place::Remote) return wire::OpenAiServer::Own;
  const bool is_openai = url.host == "api.openai.com";
  return is_openai ? wire::OpenAiServer::OpenAi : wire::OpenAiServer::Cloud;
}

}  // namespace

OpenAiProvider::OpenAiProvider(const net::Egress& egress, Clock& clock, RemoteOptions options)
    : egress_(egress),
      client_(egress),
      clock_(clock),
      options_(std::move(options)),
      known_(options_.context_tokens) {
  options_.base_url = with_version(std::move(options_.base_url));
}

HttpRequest OpenAiProvider::request_to(HttpRequest::Method method, Url url) const {
  HttpRequest request{method, std::move(url)};
  request.headers = {{"user-agent", "temper"}};
  if (method == HttpRequest::Method::Post) {
    request.headers.push_back({"content-type", "application/json"});
  }
  if (options_.key) {
    request.secret_headers.push_back(
        {"authorization", net::Secret("Bearer " + options_.key->reveal())});
  }
  return request;
}

Result<void> OpenAiProvider::discover(const StopToken& stop) {
  const Url& base = options_.base_url;
  const net::HttpAnswer answer = TRY(list_models(stop));
  const bool has_no_list = answer.head.status == 404 || answer.head.status == 405;
  if (has_no_list && !options_.model.empty()) return {};
  if (answer.head.status != 200) {
    return in_context(base.origin(), wire::error_of_answer(answer.head.status, answer.body).error);
  }
  const Result<Json> models = parse_json(answer.body);
  if (!models) {
    return Error{Code::Unsupported,
                 format("what {} answers is no list of models; is this the base URL of an "
                        "OpenAI-compatible API?",
                        (base / "/models").text())};
  }
  const std::vector<std::string> names = model_names(*models);
  if (options_.model.empty() && names.size() == 1) options_.model = names.front();
  const bool is_known = std::find(names.begin(), names.end(), options_.model) != names.end();
  // A server of one model answers for it under any name.
  if (!is_known && (options_.model.empty() || names.size() != 1)) {
    return choose_model(base, options_.model, names);
  }
  if (options_.context_tokens) return {};
  const std::string& listed = is_known ? options_.model : names.front();
  std::optional<std::uint64_t> context = context_in_models(*models, listed);
  if (!context && place_of(egress_, base) != chat::Place::Remote) {
    const AskServer ask = [&](const Url& url, const std::optional<Json>& body) {
      HttpRequest request =
          request_to(body ? HttpRequest::Method::Post : HttpRequest::Method::Get, url);
      if (body) request.body = body->dump();
      const Result<net::HttpAnswer> said = net::fetch(client_, request, kMaxFactsBytes, stop);
      if (!said || said->head.status != 200) return std::optional<Json>();
      Result<Json> json = parse_json(said->body);
      return json ? std::optional<Json>(std::move(json).take()) : std::nullopt;
    };
    context = context_beside_api(root_of(base), listed, ask);
  }
  known_.set_context(context);
  return {};
}

// A server that is loading its model says so in place of every answer.
Result<net::HttpAnswer> OpenAiProvider::list_models(const StopToken& stop) {
  const HttpRequest request = request_to(HttpRequest::Method::Get, options_.base_url / "/models");
  std::chrono::milliseconds wait = options_.patience.first_wait;
  for (int attempt = 1;; ++attempt) {
    net::HttpAnswer answer = TRY(net::fetch(client_, request, kMaxFactsBytes, stop));
    if (answer.head.status != 503 || attempt >= options_.patience.attempts) return answer;
    if (!clock_.sleep_for(wait, stop)) return stopped_error("waiting for the server");
    wait = std::min(wait * 2, options_.patience.longest_wait);
  }
}

chat::Capabilities OpenAiProvider::capabilities() const {
  return known_.capabilities(egress_, options_);
}

void OpenAiProvider::stream(const chat::Request& request, const chat::EventSink& sink,
                            const StopToken& stop) {
  RemoteRequest remote{
      request, request_to(HttpRequest::Method::Post, options_.base_url / "/chat/completions"),
      [&] { return std::make_unique<wire::OpenAiReplyReader>(request); }};
  remote.http.body =
      wire::openai_request(request, {options_.model, server_of(egress_, options_.base_url)});
  known_.learn(stream_remote(client_, clock_, options_.patience, remote, sink, stop));
}

}  // namespace temper::providers
