#include "net/http_client.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <thread>

#include "support/scripted_server.h"

namespace temper::net {
namespace {

const std::string kSecret = "sk-very-secret";

HttpRequest get(const ScriptedServer& server) {
  return {HttpRequest::Method::Get, *parse_url(server.url("/x?y"))};
}

// "200 body", or what failed.
std::string outcome(const HttpRequest& request, const StopToken& stop = {},
                    const HttpLimits& limits = {}) {
  const Egress egress;
  const HttpClient client(egress, limits);
  const Result<HttpAnswer> answer = fetch(client, request, 1 << 20, stop);
  if (!answer) return answer.error().message;
  return format("{} {}", answer->head.status, answer->body);
}

// What a client makes of these bytes, after which the server closes the connection; without
// its port.
std::string outcome_of(const std::string& bytes, const HttpLimits& limits = {}) {
  const ScriptedServer server(
      [&](const SeenRequest&, const Connection& connection) { connection.send(bytes); });
  std::string text = outcome(get(server), {}, limits);
  const std::string port = format(":{}", server.port());
  if (const std::size_t at = text.find(port); at != text.npos) text.erase(at, port.size());
  return text;
}

TEST_CASE("http: a request, and its answer") {
  const ScriptedServer server([](const SeenRequest&, const Connection& connection) {
    connection.send(http_answer("201 Created", "text/plain", "hello", "X-Two: a\r\nX-Two: b\r\n"));
  });
  HttpRequest request{HttpRequest::Method::Post, *parse_url(server.url("/a/../b?c=%20"))};
  request.headers = {{"Content-Type", "application/json"}};
  request.secret_headers.push_back({"Authorization", Secret("Bearer " + kSecret)});
  request.body = "{}";
  const Egress egress;
  const Result<HttpAnswer> answer = fetch(HttpClient(egress), request, 100, {});
  REQUIRE(answer);
  CHECK(answer->head == HttpHead{201,
                                 {{"content-type", "text/plain"},
                                  {"content-length", "5"},
                                  {"x-two", "a"},
                                  {"x-two", "b"}}});
  CHECK(answer->body == "hello");
  const SeenRequest seen = server.requests().at(0);
  CHECK(seen.line == "POST /a/../b?c=%20 HTTP/1.1");
  CHECK(seen.has("authorization: Bearer " + kSecret));
  CHECK(seen.has("content-type: application/json"));
  CHECK(seen.has(format("host: 127.0.0.1:{}", server.port())));
  CHECK(seen.head.find("expect:") == std::string::npos);
  CHECK(seen.body == "{}");
}

TEST_CASE("http: a body of some megabytes is sent whole") {
  const ScriptedServer server([](const SeenRequest& request, const Connection& connection) {
    connection.send(http_answer("200 OK", "text/plain", format("{}", request.body.size())));
  });
  HttpRequest request = get(server);
  request.method = HttpRequest::Method::Post;
  request.body.assign(3 << 20, 'x');
  CHECK(outcome(request) == "200 3145728");
}

TEST_CASE("http: answers of every framing, and what comes before them") {
  CHECK(outcome_of(event_stream_head() + http_chunk("a") + http_chunk("bc") + last_http_chunk()) ==
        "200 abc");
  CHECK(outcome_of("HTTP/1.0 200 OK\r\n\r\nuntil the end") == "200 until the end");
  CHECK(outcome_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
                   http_answer("200 OK", "text/plain", "a")) == "200 a");
  CHECK(outcome_of("HTTP/1.1 204 No Content\r\n\r\n") == "204 ");
  CHECK(outcome_of(http_answer("500 Oh", "text/plain", "why")) == "500 why");
}

TEST_CASE("http: an answer that is not whole is none, and says why") {
  const std::string broke =
      "the connection to http://127.0.0.1 broke off before the answer was whole";
  CHECK(outcome_of(event_stream_head() + http_chunk("a")).starts_with(broke));
  CHECK(outcome_of(event_stream_head() + "5\r\nab").starts_with(broke));
  CHECK(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").starts_with(broke));
  CHECK(outcome_of("") == "http://127.0.0.1 closed the connection without an answer");
  CHECK(outcome_of("SSH-2.0-OpenSSH\r\n") ==
        "what answers at http://127.0.0.1 does not speak HTTP");
}

TEST_CASE("http: a connection that is reset") {
  const ScriptedServer server([](const SeenRequest&, const Connection& connection) {
    connection.send(event_stream_head() + http_chunk("a"));
    connection.reset();
  });
  CHECK(outcome(get(server)).find("broke off") != std::string::npos);
}

TEST_CASE("http: nobody listens") {
  int port = 0;
  {
    const ScriptedServer server([](const SeenRequest&, const Connection&) {});
    port = server.port();
  }
  const HttpRequest request{HttpRequest::Method::Get,
                            *parse_url(format("http://localhost:{}", port))};
  CHECK(outcome(request) ==
        format("http://localhost:{} does not accept connections; is the server running there?",
               port));
}

TEST_CASE("http: what is not on this machine is not asked for, nor looked up") {
  for (const char* text : {"http://example.com/", "http://192.168.1.1/", "https://8.8.8.8/"}) {
    CHECK(outcome({HttpRequest::Method::Get, *parse_url(text)})
              .ends_with("is not on this machine, and nothing leaves it without your word"));
  }
}

TEST_CASE("http: a redirect is told, and not followed") {
  CHECK(outcome_of("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\x1b[1m\r\nContent-Length: "
                   "0\r\n\r\n") ==
        "http://127.0.0.1 says that what was asked for is at http://evil.example/\\x1b[1m, and "
        "redirects are not followed; use that URL where it is right");
  CHECK(outcome_of("HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n") == "304 ");
}

TEST_CASE("http: a proxy of the environment does not count") {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
  CHECK(outcome_of(http_answer("200 OK", "text/plain", "a")) == "200 a");
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_CASE("http: answers are as long as the limits") {
  HttpLimits limits;
  limits.max_head_bytes = 100;
  CHECK(outcome_of("HTTP/1.1 200 OK\r\nX: " + std::string(200, 'x') + "\r\n\r\n", limits) ==
        "http://127.0.0.1 answers with a head of more than 100 B");
  limits = {};
  limits.max_body_bytes = 4;
  CHECK(outcome_of(http_answer("200 OK", "text/plain", "12345"), limits) ==
        "http://127.0.0.1 answers with more than 4 B");
  CHECK(outcome_of(http_answer("200 OK", "text/plain", "1234"), limits) == "200 1234");
}

TEST_CASE("http: a header cannot bring another, and no error tells its value") {
  const ScriptedServer server([](const SeenRequest&, const Connection&) {});
  HttpRequest request = get(server);
  request.secret_headers.push_back({"X-Key", Secret(kSecret + "\r\nX-Other: 1")});
  const std::string refused = outcome(request);
  CHECK(refused.find("X-Key") != std::string::npos);
  CHECK(refused.find(kSecret) == std::string::npos);
  CHECK(server.requests().empty());
}

TEST_CASE("http: a stop wakes who waits for an answer") {
  StopSource stop;
  const ScriptedServer server([&](const SeenRequest&, const Connection& connection) {
    stop.request_stop();
    connection.wait_for_client_to_leave();
  });
  CHECK(outcome(get(server), stop.token()) == stopped_error("the request").message);
  CHECK(outcome(get(server), stop.token()) == stopped_error("the request").message);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("http: a stop wakes who waits in the middle of an answer") {
  StopSource stop;
  const ScriptedServer server([&](const SeenRequest&, const Connection& connection) {
    connection.send(event_stream_head() + http_chunk("a"));
    connection.wait_for_client_to_leave();
  });
  const Egress egress;
  std::thread helper;
  HttpReader reader;
  reader.body = [&](std::string_view) {
    helper = std::thread([&] { stop.request_stop(); });
    return Reading::Continue;
  };
  const Result<void> sent = HttpClient(egress).send(get(server), reader, stop.token());
  helper.join();
  REQUIRE(!sent);
  CHECK(sent.error().code == Code::Stopped);
}

TEST_CASE("http: who has had enough leaves") {
  const ScriptedServer server([&](const SeenRequest&, const Connection& connection) {
    connection.send(event_stream_head() + http_chunk("a"));
    connection.wait_for_client_to_leave();
  });
  const Egress egress;
  HttpReader reader;
  std::size_t bodies = 0;
  reader.head = [](const HttpHead&) { return Reading::Enough; };
  reader.body = [&](std::string_view) { return ++bodies, Reading::Enough; };
  CHECK(HttpClient(egress).send(get(server), reader, {}).ok());
  CHECK(bodies == 0);
  reader.head = nullptr;
  CHECK(HttpClient(egress).send(get(server), reader, {}).ok());
  CHECK(bodies == 1);
}

}  // namespace
}  // namespace temper::net
