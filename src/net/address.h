// Addresses of machines, and how far away each is. Knows no names: those are looked up
// by whoever connects, and what comes out is judged here.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace temper::net {

// The nearest first.
enum class Reach {
  Loopback,        // this machine
  PrivateNetwork,  // addresses that nobody routes on the internet
  Remote,          // all others, also those that are none: broadcast, "any", multicast
};

class Address {
 public:
  // As they are usually written, and in no other way: "127.0.0.1", "::1". Forms that only some
  // programs read (octal, hexadecimal, fewer than four parts, zones) are none.
  static std::optional<Address> parse(std::string_view text);
  // Nothing where the socket address is of another family than IPv4 and IPv6.
  static std::optional<Address> of_socket(const sockaddr& address);

  Reach reach() const;
  std::string text() const;

  bool operator==(const Address&) const = default;

 private:
  // An IPv4 address is kept as the IPv6 one that stands for it, ::ffff:a.b.c.d, so that each has
  // one form.
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace temper::net
