// A URL is read as one, in one way, or refused; and by itself none leads off this machine but
// where its host says so.
#include "net/url.h"

#include <algorithm>
#include <cstdint>

#include "base/verify.h"
#include "net/egress.h"

using namespace temper;
using namespace temper::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Url> url = parse_url(text);
  if (!url) {
    VERIFY(!url.error().message.empty(), "a refusal says why");
    return 0;
  }
  const std::string written = url->text();
  VERIFY(std::all_of(written.begin(), written.end(), [](char c) { return c > 0x20 && c < 0x7f; }),
         "a URL is printable and has no space");
  VERIFY(url->port != 0 && url->target.starts_with('/') && !url->host.empty(), "it is whole");
  VERIFY(written.find('@') == written.npos || url->target.find('@') != url->target.npos,
         "it has no user");
  VERIFY(written.find('#') == written.npos, "it has no fragment");
  const Result<Url> again = parse_url(written);
  VERIFY(again.ok() && *again == *url, "what is written is read as the same");

  const bool stays = Egress().check(*url).ok();
  const std::optional<Address> address = address_of(url->host);
  VERIFY(stays == (is_localhost(url->host) || (address && address->reach() == Reach::Loopback)),
         "without a policy only this machine is asked");
  VERIFY(Egress({.local = {}, .allowed = {*url}}).check(*url).ok(), "what is named is allowed");
  return 0;
}
