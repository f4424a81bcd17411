// The contract of the port, for servers of both APIs.
#include <doctest/doctest.h>

#include <memory>

#include "chat/contract.h"
#include "providers/anthropic_provider.h"
#include "providers/openai_provider.h"
#include "support/model_servers.h"

namespace temper::providers {
namespace {

using chat::Provider;
using chat::Situation;

// A provider and the server that it asks.
template <typename Remote>
class Served final : public Provider {
 public:
  Served(const Situation& situation, const StreamedReply& reply)
      : server_(play(situation, reply)),
        remote_(egress_, clock_, {*net::parse_url(server_.url("/v1")), "tiny"}) {}

  chat::Capabilities capabilities() const override { return remote_.capabilities(); }
  void stream(const chat::Request& request, const chat::EventSink& sink,
              const StopToken& stop) override {
    remote_.stream(request, sink, stop);
  }

 private:
  ManualClock clock_;  // so that nobody waits between attempts
  net::Egress egress_;
  ScriptedServer server_;
  Remote remote_;
};

template <typename Remote>
std::string violations(const StreamedReply& reply) {
  const chat::ContractReport report =
      chat::check_provider_contract([&](const Situation& situation) -> std::unique_ptr<Provider> {
        return std::make_unique<Served<Remote>>(situation, reply);
      });
  std::string lines;
  for (const std::string& violation : report.violations) lines += violation + "\n";
  CHECK(report.skipped.empty());
  CHECK(report.checks > 20);
  return lines;
}

TEST_CASE("openai provider: it keeps the contract") {
  CHECK(violations<OpenAiProvider>(OpenAiReply()) == "");
}

TEST_CASE("anthropic provider: it keeps the contract") {
  CHECK(violations<AnthropicProvider>(AnthropicReply()) == "");
}

}  // namespace
}  // namespace temper::providers
