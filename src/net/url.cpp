#include "net/url.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::net {
namespace {

constexpr std::size_t kMaxUrlBytes = 8192;
constexpr std::size_t kMaxHostBytes = 253;  // of a name in the DNS
constexpr std::size_t kMaxLabelBytes = 63;

Error invalid(std::string_view text, std::string_view why) {
  // What stands before an "@" may be a password, and is not repeated.
  const std::size_t at = text.rfind('@');
  if (at != text.npos) text = "with a user name";
  return {Code::Invalid, format("the URL {} {}; one looks like http://localhost:8080/v1",
                                printable(text.substr(0, 200), LineBreaks::Escape), why)};
}

bool is_name_byte(char byte) {
  return is_lower(byte) || is_digit(byte) || byte == '-' || byte == '_';
}

// A name whose last label is a number would be read as an address by some.
bool is_name(std::string_view host) {
  if (host.size() > kMaxHostBytes) return false;
  std::string_view last;
  for (const std::string_view label : split(host, '.')) {
    if (label.empty() || label.size() > kMaxLabelBytes) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), is_name_byte)) return false;
    last = label;
  }
  return !is_digit(last.front());
}

// The bytes of RFC 3986 for paths and queries.
bool is_target_byte(char byte) {
  return is_alnum(byte) || std::string_view("-._~!$&'()*+,;=:@/?%").find(byte) != std::string::npos;
}

bool has_whole_escapes(std::string_view target) {
  for (std::size_t at = target.find('%'); at != target.npos; at = target.find('%', at + 1)) {
    if (at + 2 >= target.size() || !is_hex_digit(target[at + 1]) || !is_hex_digit(target[at + 2]))
      return false;
  }
  return true;
}

std::uint16_t usual_port(bool is_tls) { return is_tls ? 443 : 80; }

std::optional<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [read, failed] = std::from_chars(digits.data(), end, port);
  if (failed != std::errc{} || read != end || port == 0 || digits.front() == '0') return {};
  return port;
}

}  // namespace

std::string Url::origin() const {
  const bool has_brackets = host.find(':') != std::string::npos;
  std::string origin = is_tls ? "https://" : "http://";
  origin += has_brackets ? "[" + host + "]" : host;
  if (port != usual_port(is_tls)) origin += format(":{}", port);
  return origin;
}

Url Url::operator/(std::string_view path) const {
  Url longer = *this;
  std::string query;
  if (const std::size_t mark = longer.target.find('?'); mark != std::string::npos) {
    query = longer.target.substr(mark);
    longer.target.resize(mark);
  }
  while (longer.target.ends_with('/')) longer.target.pop_back();
  longer.target += path;
  longer.target += query;
  return longer;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return Error{Code::Limit, "a URL has more than 8192 bytes"};
  const std::string scheme = to_lower_ascii(text.substr(0, text.find("://")));
  if (scheme.size() == text.size() || (scheme != "http" && scheme != "https")) {
    return invalid(text, "does not begin with http:// or https://");
  }
  Url url;
  url.is_tls = scheme == "https";
  url.port = usual_port(url.is_tls);
  std::string_view rest = text.substr(scheme.size() + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  const std::string_view target = rest.substr(authority_end);
  if (authority.find('@') != authority.npos) {
    return Error{Code::Invalid,
                 "the URL has a user name or password; leave them out, and give a key by a file "
                 "or an environment variable"};
  }
  if (target.find('#') != target.npos) return invalid(text, "has a fragment (#)");
  if (!std::all_of(target.begin(), target.end(), is_target_byte) || !has_whole_escapes(target)) {
    return invalid(text, "has characters in its path that belong into no URL");
  }
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);

  const bool has_brackets = authority.starts_with('[');
  const std::size_t bracket = has_brackets ? authority.find(']') : 0;
  if (bracket == authority.npos) return invalid(text, "has a \"[\" without its \"]\"");
  const std::size_t colon = authority.find(':', bracket);
  std::string_view host = authority.substr(0, colon);
  if (colon != authority.npos) {
    const std::string_view digits = authority.substr(colon + 1);
    const std::optional<std::uint16_t> port = digits.empty() ? std::nullopt : port_of(digits);
    if (!port) return invalid(text, "has a port that is no number from 1 to 65535");
    url.port = *port;
  }
  if (has_brackets) {
    if (host.size() != bracket + 1) return invalid(text, "has something behind its \"]\"");
    const std::optional<Address> address = Address::parse(host.substr(1, bracket - 1));
    if (!address || host.find(':') == host.npos) {
      return invalid(text, "has no IPv6 address in its brackets");
    }
    url.host = address->text();
    return url;
  }
  url.host = to_lower_ascii(host);
  if (!is_name(url.host) && !Address::parse(url.host)) {
    return invalid(text, "has a host that is neither a name nor an address");
  }
  return url;
}

std::optional<Address> address_of(const std::string& host) { return Address::parse(host); }

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace temper::net
