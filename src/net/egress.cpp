#include "net/egress.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/format.h"

namespace temper::net {
namespace {

bool is_named(const std::vector<Url>& urls, const Url& url) {
  return std::any_of(urls.begin(), urls.end(),
                     [&](const Url& one) { return one.origin() == url.origin(); });
}

Error denied(std::string message) { return {Code::Denied, std::move(message)}; }

}  // namespace

Egress::Egress(EgressPolicy policy) : policy_(std::move(policy)) {}

Reach Egress::reach(const Url& url) const {
  if (is_localhost(url.host)) return Reach::Loopback;
  if (const std::optional<Address> address = address_of(url.host)) return address->reach();
  return is_named(policy_.local, url) ? Reach::PrivateNetwork : Reach::Remote;
}

Result<void> Egress::check(const Url& url) const {
  if (is_named(policy_.allowed, url)) return {};
  const Reach reach = this->reach(url);
  if (reach == Reach::Loopback) return {};
  if (is_named(policy_.local, url)) {
    if (reach == Reach::PrivateNetwork) return {};
    return denied(
        format("{} is not on a private network, so that it is no local endpoint; "
               "nothing was sent there",
               url.origin()));
  }
  return denied(
      format("{} is not on this machine, and nothing leaves it without your word", url.origin()));
}

Result<void> Egress::check(const Url& url, const Address& address) const {
  TRY(check(url));
  if (is_named(policy_.allowed, url)) return {};
  const Reach farthest = is_named(policy_.local, url) ? Reach::PrivateNetwork : Reach::Loopback;
  if (address.reach() <= farthest) return {};
  return denied(format("{} leads to {}, which is not on {}; nothing was sent there", url.origin(),
                       address.text(),
                       farthest == Reach::Loopback ? "this machine" : "a private network"));
}

Result<UniqueFd> Egress::open_socket(const Url& url, const sockaddr& address, int type,
                                     int protocol) const {
  const std::optional<Address> to = Address::of_socket(address);
  if (!to) return denied(format("{} leads to something that is no address", url.origin()));
  TRY(check(url, *to));
  UniqueFd socket(::socket(address.sa_family, type | SOCK_CLOEXEC, protocol));
  if (!socket.is_open()) return system_error("cannot open a socket", errno);
  return socket;
}

}  // namespace temper::net
