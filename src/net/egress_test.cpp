#include "net/egress.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

#include "base/format.h"

namespace temper::net {
namespace {

Url url(const char* text) { return *parse_url(text); }

std::string outcome(const Result<void>& result) { return result ? "" : result.error().message; }

TEST_CASE("egress: without a word of the user, this machine only") {
  const Egress egress;
  for (const char* text :
       {"http://localhost:1", "https://a.localhost", "http://127.0.0.9", "http://[::1]:8080"}) {
    CHECK(outcome(egress.check(url(text))) == "");
  }
  for (const char* text : {"http://192.168.0.2", "http://example.com", "http://localhost.example",
                           "http://0.0.0.0", "http://[::]", "http://8.8.8.8"}) {
    CHECK(egress.check(url(text)).error().code == Code::Denied);
  }
  CHECK(outcome(egress.check(url("https://api.example.com/v1?key=1"))) ==
        "https://api.example.com is not on this machine, and nothing leaves it without your word");
}

TEST_CASE("egress: an endpoint that was named, and no other") {
  const Egress egress({.local = {url("http://box:8080/v1"), url("http://8.8.4.4")},
                       .allowed = {url("https://api.example.com/v1")}});
  CHECK(outcome(egress.check(url("http://box:8080/other"))) == "");
  CHECK(outcome(egress.check(url("https://api.example.com"))) == "");
  for (const char* text : {"http://box", "https://box:8080", "http://api.example.com",
                           "https://api.example.com:8443", "http://8.8.4.4", "http://box2:8080"}) {
    CHECK(egress.check(url(text)).error().code == Code::Denied);
  }
  CHECK(egress.reach(url("http://box:8080")) == Reach::PrivateNetwork);
  CHECK(egress.reach(url("https://api.example.com")) == Reach::Remote);
}

// A name may lead to any address.
TEST_CASE("egress: the address that a name led to is looked at again") {
  const Egress egress(
      {.local = {url("http://box:8080")}, .allowed = {url("https://api.example.com")}});
  const auto check = [&](const char* to, const char* address) {
    return egress.check(url(to), *Address::parse(address)).ok();
  };
  CHECK(check("http://localhost", "127.0.0.1"));
  CHECK(check("http://localhost", "::1"));
  CHECK(!check("http://localhost", "192.168.0.1"));
  CHECK(!check("http://a.localhost", "8.8.8.8"));
  CHECK(check("http://box:8080", "192.168.0.1"));
  CHECK(check("http://box:8080", "127.0.0.1"));
  CHECK(!check("http://box:8080", "8.8.8.8"));
  CHECK(!check("http://box:8080", "0.0.0.0"));
  CHECK(check("https://api.example.com", "8.8.8.8"));
  CHECK(!check("http://other", "127.0.0.1"));
}

TEST_CASE("egress: a socket is opened for an allowed address only") {
  const Egress egress;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const auto open = [&](const char* text) {
    ::inet_pton(AF_INET, text, &address.sin_addr);
    return egress.open_socket(url("http://localhost"), reinterpret_cast<const sockaddr&>(address),
                              SOCK_STREAM, 0);
  };
  CHECK(open("127.0.0.1").ok());
  CHECK(open("10.0.0.1").error().code == Code::Denied);
  CHECK(open("10.0.0.1").error().message ==
        "http://localhost leads to 10.0.0.1, which is not on this machine; nothing was sent there");
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  CHECK(!egress.open_socket(url("http://localhost"), reinterpret_cast<const sockaddr&>(local),
                            SOCK_STREAM, 0));
}

}  // namespace
}  // namespace temper::net
