// What a provider makes of a server's moods: refusals, attempts, calls as text, streams that
// break off anywhere.
#include <doctest/doctest.h>

#include <atomic>

#include "chat/reply.h"
#include "providers/anthropic_provider.h"
#include "providers/openai_provider.h"
#include "support/model_servers.h"

namespace temper::providers {
namespace {

using chat::Part;
using chat::Reply;
using chat::Request;
using chat::Situation;

Request question() {
  Request request;
  request.messages = {text_message(chat::Role::User, "What now?")};
  const Json schema =
      Json::object({{"type", "object"},
                    {"properties", Json::object({{"path", Json::object({{"type", "string"}})}})}});
  request.tools = {chat::ToolSpec{"read", "Reads a file.", schema}};
  return request;
}

Situation saying(std::vector<Part> parts) {
  Situation situation;
  situation.says = std::move(parts);
  return situation;
}

std::string streamed(const Situation& situation) {
  std::string body;
  for (const std::string& event : OpenAiReply().events(situation)) body += event;
  return http_answer("200 OK", "text/event-stream", body);
}

// A provider of a server that gives these answers, one after another, the last again and again.
class Asked {
 public:
  explicit Asked(std::vector<std::string> answers, std::optional<net::Secret> key = {})
      : server_([this, answers = std::move(answers)](const SeenRequest&, const Connection& to) {
          to.send(answers[std::min(next_++, answers.size() - 1)]);
        }),
        provider_(egress_, clock_,
                  {*net::parse_url(server_.url()), "tiny", std::move(key), {}, {}}) {}

  Reply reply(const Request& request = question()) { return collect(provider_, request, {}); }
  std::string failure() {
    const Reply reply = this->reply();
    return reply.failed() == nullptr ? "" : reply.failed()->error.message;
  }

  OpenAiProvider& provider() { return provider_; }
  const ScriptedServer& server() const { return server_; }
  std::int64_t waited_ms() const { return clock_.steady().count() / 1'000'000; }

 private:
  std::atomic<std::size_t> next_{0};
  ManualClock clock_;
  net::Egress egress_;
  ScriptedServer server_;
  OpenAiProvider provider_;
};

const std::string kLoading =
    http_answer("503 Service Unavailable", "application/json",
                R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})");

TEST_CASE("remote reply: a server that loads, or has too much to do, is asked again") {
  Asked asked({kLoading, kLoading, streamed(saying({chat::Text{"Hello."}}))});
  CHECK(text_of(asked.reply().message) == "Hello.");
  CHECK(asked.server().requests().size() == 3);
  CHECK(asked.waited_ms() == 500 + 1000);
}

TEST_CASE("remote reply: and not for ever") {
  Asked asked({kLoading});
  CHECK(asked.failure().find("still loading its model") != std::string::npos);
  CHECK(asked.server().requests().size() == 6);
  CHECK(asked.waited_ms() == 500 + 1000 + 2000 + 4000 + 8000);
}

TEST_CASE("remote reply: the server says how long to wait, within limits") {
  const auto busy = [](const char* seconds) {
    return http_answer("429 Too Many", "application/json", "{}",
                       format("Retry-After: {}\r\n", seconds));
  };
  Asked asked({busy("7"), busy("soon"), busy("99999"), streamed(saying({chat::Text{"Hi"}}))});
  CHECK(text_of(asked.reply().message) == "Hi");
  CHECK(asked.waited_ms() == 7000 + 1000 + 30'000);
}

TEST_CASE("remote reply: what cannot help is not tried again") {
  for (const char* status : {"400 Bad", "401 No", "404 Not Found", "413 Large"}) {
    Asked asked({http_answer(status, "application/json", "{}")});
    CHECK(asked.reply().failed()->retry == chat::Retry::Useless);
    CHECK(asked.server().requests().size() == 1);
  }
}

TEST_CASE("remote reply: once somebody has seen a part of it, a reply is not asked for again") {
  std::string begun = streamed(saying({chat::Text{"Hello there, you."}}));
  begun.resize(begun.find("\"finish_reason\":\"stop\""));
  Asked asked({begun});
  const Reply reply = asked.reply();
  REQUIRE(reply.failed() != nullptr);
  CHECK(reply.failed()->retry == chat::Retry::MayHelp);
  CHECK(asked.server().requests().size() == 1);
}

TEST_CASE("remote reply: a connection that dies before anything came is another attempt") {
  Asked asked({"", streamed(saying({chat::Text{"Hello."}}))});
  CHECK(text_of(asked.reply().message) == "Hello.");
}

TEST_CASE("remote reply: a context that is shorter than was thought is learned") {
  Asked asked({http_answer("400 Bad", "application/json",
                           R"({"error":{"code":400,"type":"exceed_context_size_error","n_ctx":24576,
                               "message":"request (30000 tokens) exceeds the available context size"}})")});
  CHECK(!asked.provider().capabilities().context_tokens);
  const Reply reply = asked.reply();
  CHECK(reply.failed()->error.code == Code::Limit);
  CHECK(asked.provider().capabilities().context_tokens == 24576);
}

TEST_CASE("remote reply: tokens are counted once the server has counted some") {
  Asked asked({streamed(saying({chat::Text{"Hello."}}))});
  CHECK(!asked.provider().capabilities().counts_tokens);
  CHECK(asked.reply().usage.prompt_tokens == 40);
  CHECK(asked.provider().capabilities().counts_tokens);
}

TEST_CASE("remote reply: a key is sent and never told") {
  const std::string secret = "sk-very-secret";
  Asked asked({http_answer("401 No", "application/json", "{}")}, net::Secret(secret));
  CHECK(asked.failure().find(secret) == std::string::npos);
  CHECK(asked.server().requests().at(0).has("authorization: Bearer " + secret));
}

TEST_CASE("remote reply: a server that does not stream") {
  Asked asked(
      {http_answer("200 OK", "application/json; charset=utf-8",
                   R"({"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]})")});
  const Reply reply = asked.reply();
  CHECK(text_of(reply.message) == "Hi");
  CHECK(reply.done()->reason == chat::StopReason::EndOfTurn);
}

TEST_CASE("remote reply: a page for people is none") {
  Asked asked({http_answer("200 OK", "text/html", "<html>")});
  CHECK(
      asked.failure().ends_with("answers with a page for people and not with a reply; look at "
                                "the base URL"));
  CHECK(asked.server().requests().size() == 1);
}

TEST_CASE("remote reply: a server that loads is waited for when it is asked what it has") {
  Asked asked({kLoading, http_answer("200 OK", "application/json",
                                     R"({"data":[{"id":"tiny","max_model_len":4096}]})")});
  CHECK(asked.provider().discover({}).ok());
  CHECK(asked.provider().capabilities().context_tokens == 4096);
  CHECK(asked.waited_ms() == 500);
}

// ---- Calls as text ----

std::string calls_told(const Reply& reply) {
  std::string told = text_of(reply.message);
  for (const chat::ToolCall& call : calls_of(reply.message)) {
    told += format("|{} {} {}", call.id, call.name, call.arguments);
  }
  return told + (reply.done() != nullptr ? format("|{}", stop_reason_name(reply.done()->reason))
                                         : "|failed");
}

TEST_CASE("remote reply: calls as text become calls") {
  const std::string call =
      "I read it.\n<tool_call>\n{\"name\": \"read\", \"arguments\": {\"path\": "
      "\"a\"}}\n</tool_call>";
  Asked asked({streamed(saying({chat::Text{call}}))});
  CHECK(calls_told(asked.reply()) == "I read it.|call01000 read {\"path\": \"a\"}|tool_calls");
  Request none = question();
  none.tool_choice = chat::ToolChoice::None;
  CHECK(calls_told(asked.reply(none)) == call + "|end_of_turn");
  none = question();
  none.tools.clear();
  CHECK(calls_told(asked.reply(none)) == call + "|end_of_turn");
}

TEST_CASE("remote reply: thinking in tags is no text") {
  Asked asked({streamed(saying({chat::Text{"<think>\nHm.\n</think>\n\nYes."}}))});
  CHECK(
      to_json(asked.reply().message).dump() ==
      R"({"role":"assistant","parts":[{"type":"thinking","text":"Hm."},{"type":"text","text":"\n\nYes."}]})");
}

TEST_CASE("remote reply: a call that the server marks stands for its text") {
  const std::string text =
      "<tool_call>\n{\"name\": \"read\", \"arguments\": {\"path\": \"a\"}}\n</tool_call>";
  Asked asked({streamed(saying(
      {chat::Text{"I read it.\n" + text}, chat::ToolCall{"", "read", R"({"path": "a"})"}}))});
  CHECK(calls_told(asked.reply()) == "I read it.|call_0 read {\"path\": \"a\"}|tool_calls");
}

// ---- Breaking off anywhere ----

// A provider of a server that sends the first bytes of an answer, and closes or resets the
// connection.
template <typename Remote>
class Breaking {
 public:
  explicit Breaking(std::string bytes)
      : server_([this, bytes = std::move(bytes)](const SeenRequest&, const Connection& connection) {
          connection.send(std::string_view(bytes).substr(0, size_));
          if (size_ % 2 == 1) connection.reset();
        }),
        remote_(egress_, clock_, options()) {}

  Reply reply(std::size_t size) {
    size_ = size;
    return collect(remote_, question(), {});
  }

 private:
  RemoteOptions options() const {
    RemoteOptions options{*net::parse_url(server_.url()), "tiny", {}, {}, {}};
    options.patience.attempts = 1;
    return options;
  }

  std::atomic<std::size_t> size_{0};
  ManualClock clock_;
  net::Egress egress_;
  ScriptedServer server_;
  Remote remote_;
};

template <typename Remote>
void cut_everywhere(const StreamedReply& api) {
  const Situation situation =
      saying({chat::Text{"I read \xC3\xA4."}, chat::ToolCall{"", "read", R"({"path": "a"})"},
              chat::ToolCall{"", "read", R"({"path": "b"})"}});
  std::string bytes = event_stream_head();
  for (const std::string& event : api.events(situation)) bytes += http_chunk(event);
  bytes += last_http_chunk();
  Breaking<Remote> server(bytes);
  const Reply whole = server.reply(2 * bytes.size());
  REQUIRE(whole.done() != nullptr);
  const std::vector<chat::ToolCall> calls = calls_of(whole.message);
  REQUIRE(calls.size() == 2);
  std::size_t ended = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const Reply part = server.reply(size);
    const std::vector<chat::ToolCall> made = calls_of(part.message);
    REQUIRE(made.size() <= calls.size());
    CHECK(std::equal(made.begin(), made.end(), calls.begin()));
    if (part.done() != nullptr) {
      ++ended;
      CHECK(part.message == whole.message);
      CHECK(part.done()->reason == whole.done()->reason);
    } else {
      CHECK(part.failed()->error.code == Code::Unavailable);
      CHECK(part.failed()->retry == chat::Retry::MayHelp);
    }
  }
  CHECK(ended < bytes.size() / 4);
}

TEST_CASE("remote reply: a stream that breaks off at any byte, of chat completions") {
  cut_everywhere<OpenAiProvider>(OpenAiReply());
}

TEST_CASE("remote reply: a stream that breaks off at any byte, of messages") {
  cut_everywhere<AnthropicProvider>(AnthropicReply());
}

}  // namespace
}  // namespace temper::providers
