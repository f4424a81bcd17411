#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace temper::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedIpv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// Addresses that begin with `bits` bits of `prefix`.
struct Block {
  std::array<std::uint8_t, 4> prefix;
  unsigned bits;
  Reach reach;
};

// RFC 1918 (private), RFC 3927 (link-local), RFC 6598 (shared: carriers' networks and
// tunnels between one's own machines).
constexpr Block kIpv4[] = {
    {{127, 0, 0, 0}, 8, Reach::Loopback},          {{10, 0, 0, 0}, 8, Reach::PrivateNetwork},
    {{172, 16, 0, 0}, 12, Reach::PrivateNetwork},  {{192, 168, 0, 0}, 16, Reach::PrivateNetwork},
    {{169, 254, 0, 0}, 16, Reach::PrivateNetwork}, {{100, 64, 0, 0}, 10, Reach::PrivateNetwork},
};

// RFC 4193 (unique local), RFC 4291 (link-local).
constexpr Block kIpv6[] = {
    {{0xfc, 0, 0, 0}, 7, Reach::PrivateNetwork},
    {{0xfe, 0x80, 0, 0}, 10, Reach::PrivateNetwork},
};

std::uint32_t word_of(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

template <std::size_t kCount>
Reach reach_in(const Block (&blocks)[kCount], const std::uint8_t* bytes) {
  for (const Block& block : blocks) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - block.bits);
    if (((word_of(bytes) ^ word_of(block.prefix.data())) & mask) == 0) return block.reach;
  }
  return Reach::Remote;
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  const std::string word(text);
  if (word.find('\0') != std::string::npos) return {};
  Address address;
  in_addr v4{};
  if (::inet_pton(AF_INET, word.c_str(), &v4) == 1) {
    std::copy(kMappedIpv4.begin(), kMappedIpv4.end(), address.bytes_.begin());
    std::memcpy(address.bytes_.data() + kMappedIpv4.size(), &v4, sizeof(v4));
    return address;
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, word.c_str(), &v6) != 1) return {};
  std::memcpy(address.bytes_.data(), &v6, sizeof(v6));
  return address;
}

std::optional<Address> Address::of_socket(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  } else if (address.sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  } else {
    return {};
  }
  ::inet_ntop(address.sa_family, bytes, text.data(), text.size());
  return parse(text.data());
}

Reach Address::reach() const {
  if (std::equal(kMappedIpv4.begin(), kMappedIpv4.end(), bytes_.begin())) {
    return reach_in(kIpv4, bytes_.data() + kMappedIpv4.size());
  }
  static constexpr std::array<std::uint8_t, 16> kLoopback{0, 0, 0, 0, 0, 0, 0, 0,
                                                          0, 0, 0, 0, 0, 0, 0, 1};
  if (bytes_ == kLoopback) return Reach::Loopback;
  return reach_in(kIpv6, bytes_.data());
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_v4 = std::equal(kMappedIpv4.begin(), kMappedIpv4.end(), bytes_.begin());
  const std::uint8_t* bytes = bytes_.data() + (is_v4 ? kMappedIpv4.size() : 0);
  ::inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

}  // namespace temper::net
