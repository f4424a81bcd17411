#include "net/url.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/format.h"

namespace temper::net {
namespace {

std::string outcome(std::string_view text) {
  const Result<Url> url = parse_url(text);
  if (!url) return "refused";
  return format("{} {} {} {}", url->is_tls ? "tls" : "plain", url->host, url->port, url->target);
}

TEST_CASE("url: what is read of one") {
  CHECK(outcome("http://localhost:8080/v1") == "plain localhost 8080 /v1");
  CHECK(outcome("https://API.Example.com") == "tls api.example.com 443 /");
  CHECK(outcome("HTTP://127.0.0.1") == "plain 127.0.0.1 80 /");
  CHECK(outcome("http://[::1]:65535/a/b?c=d&e=%20") == "plain ::1 65535 /a/b?c=d&e=%20");
  CHECK(outcome("http://[0:0::0001]") == "plain ::1 80 /");
  CHECK(outcome("http://gpu_box-2.lan?x") == "plain gpu_box-2.lan 80 /?x");
  CHECK(outcome("http://1a.b2") == "plain 1a.b2 80 /");
}

TEST_CASE("url: what two programs might read in two ways is refused") {
  const std::vector<std::string> refused{
      "", "localhost:8080", "ftp://localhost", "http:/localhost", "http://", "http:///v1",
      "http://:80", "http://a:b@localhost", "http://key@localhost", "http://localhost#x",
      "http://localhost/#", "http://localhost:0", "http://localhost:65536",
      "http://localhost:", "http://localhost:080", "http://localhost:8a", "http://localhost: 80",
      "http://local host", "http://localhost/a b", "http://localhost/\n", "http://localhost\n",
      "http://localhost\\x", "http://\xC3\xA4.example", "http://localhost/\xC3\xA4",
      "http://localhost/%2", "http://a..b", "http://.a", "http://a.", "http://-a", "http://a-",
      // Addresses that only some programs read as such.
      "http://127.1", "http://0x7f.0.0.1", "http://2130706433", "http://0177.0.0.1",
      "http://127.0.0.256", "http://127.0.0.1.5", "http://a.1",
      // Brackets.
      "http://[::1", "http://::1", "http://[127.0.0.1]", "http://[::1]x", "http://[]",
      "http://[fe80::1%25eth0]", "http://[::1]:", std::string("http://a\0b", 10),
      "http://" + std::string(64, 'a'), "http://localhost/" + std::string(9000, 'a')};
  for (const std::string& text : refused) {
    CAPTURE(text);
    CHECK(outcome(text) == "refused");
  }
}

TEST_CASE("url: a password is not repeated") {
  const Result<Url> url = parse_url("http://me:secret@localhost/");
  REQUIRE(!url);
  CHECK(url.error().message.find("secret") == std::string::npos);
  const Result<Url> other = parse_url("hxxp://me:secret@localhost/");
  REQUIRE(!other);
  CHECK(other.error().message.find("secret") == std::string::npos);
}

TEST_CASE("url: is written as it is read") {
  for (const char* text :
       {"http://localhost:8080/v1", "https://example.com/", "http://[::1]:1/?a"}) {
    CHECK(parse_url(text)->text() == text);
  }
  CHECK(parse_url("https://example.com:443/x")->origin() == "https://example.com");
  CHECK((*parse_url("http://a/v1/") / "/models").text() == "http://a/v1/models");
  CHECK((*parse_url("http://a/v1?key=1") / "/models").text() == "http://a/v1/models?key=1");
}

TEST_CASE("url: hosts of this machine") {
  CHECK(is_localhost("localhost"));
  CHECK(is_localhost("x.localhost"));
  CHECK(!is_localhost("localhost.example.com"));
  CHECK(!is_localhost("mylocalhost"));
}

std::string reach(const char* text) {
  const std::optional<Address> address = Address::parse(text);
  if (!address) return "none";
  switch (address->reach()) {
    case Reach::Loopback: return "loopback";
    case Reach::PrivateNetwork: return "private";
    case Reach::Remote: return "remote";
  }
  return "";
}

TEST_CASE("address: how far it is") {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    CHECK(reach(text) == "loopback");
  }
  for (const char* text :
       {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1", "100.64.0.1",
        "100.127.255.255", "fc00::1", "fdff::1", "fe80::1", "::ffff:10.1.2.3"}) {
    CHECK(reach(text) == "private");
  }
  for (const char* text : {"0.0.0.0",        "::",
                           "8.8.8.8",        "126.255.255.255",
                           "128.0.0.1",      "172.15.255.255",
                           "172.32.0.1",     "192.167.255.255",
                           "192.169.0.0",    "100.63.255.255",
                           "100.128.0.0",    "255.255.255.255",
                           "224.0.0.1",      "2001:db8::1",
                           "fbff::1",        "fe00::1",
                           "fec0::1",        "::2",
                           "::ffff:8.8.8.8", "::127.0.0.1"}) {
    CHECK(reach(text) == "remote");
  }
  for (const char* text : {"", "localhost", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "::1%lo", " ::1"}) {
    CHECK(reach(text) == "none");
  }
}

}  // namespace
}  // namespace temper::net
