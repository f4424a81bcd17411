// URLs of servers, read strictly: what two programs might read in two ways is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/address.h"

namespace temper::net {

// "https://api.example.com:8443/v1?x=1"
struct Url {
  bool is_tls = false;     // https
  std::string host;        // small letters; an IPv6 address without its brackets
  std::uint16_t port = 0;  // never 0 in what parse_url gives
  std::string target;      // path and query: "/", "/v1?x=1"

  // Where it leads, without what is asked for there: "http://localhost:8080". The port is left
  // out where it is the usual one.
  std::string origin() const;
  std::string text() const { return origin() + target; }
  // The same with `path`, which begins with "/", behind its own: ".../v1" and "/models".
  Url operator/(std::string_view path) const;

  bool operator==(const Url&) const = default;
};

// http and https. Refused, with what is wrong: user names and passwords (a key in a URL ends up
// in logs), fragments, control characters, spaces, anything beyond ASCII, hosts that are
// neither a name nor an address in its usual form (such as 0x7f.1), port 0.
Result<Url> parse_url(std::string_view text);

// The address that `host` says itself; nothing where it is a name.
std::optional<Address> address_of(const std::string& host);
// "localhost" and what ends on ".localhost" (RFC 6761).
bool is_localhost(std::string_view host);

}  // namespace temper::net
