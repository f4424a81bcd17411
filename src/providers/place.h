// How far it is to a server, in the port's words.
#pragma once

#include "chat/provider.h"
#include "net/egress.h"

namespace temper::providers {

inline chat::Place place_of(const net::Egress& egress, const net::Url& url) {
  switch (egress.reach(url)) {
    case net::Reach::Loopback: return chat::Place::ThisMachine;
    case net::Reach::PrivateNetwork: return chat::Place::ThisNetwork;
    case net::Reach::Remote: return chat::Place::Remote;
  }
  return chat::Place::Remote;
}

}  // namespace temper::providers
