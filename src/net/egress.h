// The way out: every socket of ours is opened here, by one policy, or not at all.
//
// Without a word from the user, nothing leaves this machine. The policy is asked twice: before
// a name is looked up, for the question alone leaves the machine, and with the address that
// came out, for a name can be made to lead anywhere. Knows no HTTP.
#pragma once

#include <sys/socket.h>

#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "net/address.h"
#include "net/url.h"

namespace temper::net {

// Of these URLs, scheme, host and port count.
struct EgressPolicy {
  // Machines of the user's own: may be named, and must be on a private network.
  std::vector<Url> local;
  // Wherever they are.
  std::vector<Url> allowed;
};

// Never changes, so that it may be used from any thread.
class Egress {
 public:
  // This machine, and what the policy names.
  explicit Egress(EgressPolicy policy = {});

  // May anything be sent there? Denied, with a sentence for the user, where not.
  Result<void> check(const Url& url) const;
  // May it where the name of its host has led to this address?
  Result<void> check(const Url& url, const Address& address) const;

  // A socket that may be connected to `address` and nothing else, for asking for `url`. The
  // arguments are those of socket(2). Denied as above.
  Result<UniqueFd> open_socket(const Url& url, const sockaddr& address, int type,
                               int protocol) const;

  // How far it is to there, by the policy and the name alone: nothing is looked up.
  Reach reach(const Url& url) const;

 private:
  EgressPolicy policy_;
};

}  // namespace temper::net
