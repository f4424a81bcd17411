// HTTP/1.1 requests whose answers are read as they come.
//
// A server that reads a long prompt may be silent for many minutes, before its answer and in
// the middle of it: there is no limit of time once it is connected, and a stop wakes whoever
// waits. Redirects are not followed, proxies of the environment do not count, certificates
// are checked. Bytes only: what they mean is the caller's business.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop.h"
#include "net/egress.h"
#include "net/secret.h"
#include "net/url.h"

namespace temper::net {

struct HttpHeader {
  std::string name;
  std::string value;

  bool operator==(const HttpHeader&) const = default;
};

struct SecretHeader {
  std::string name;
  Secret value;
};

struct HttpRequest {
  enum class Method { Get, Post };

  Method method = Method::Get;
  Url url;
  std::vector<HttpHeader> headers = {};
  std::vector<SecretHeader> secret_headers = {};
  std::string body = {};  // of a Post
};

struct HttpHead {
  int status = 0;
  std::vector<HttpHeader> headers;  // names in small letters

  // The first of that name, or "".
  std::string_view header(std::string_view name) const;

  bool operator==(const HttpHead&) const = default;
};

struct HttpLimits {
  std::chrono::milliseconds connect{15'000};  // name, connection and TLS together
  std::size_t max_head_bytes = 256 * 1024;
  std::size_t max_body_bytes = std::size_t{1} << 30;
};

enum class Reading { Continue, Enough };

// Called on the thread that called send, and never after it has returned.
struct HttpReader {
  std::function<Reading(const HttpHead&)> head;
  std::function<Reading(std::string_view)> body;  // never of no bytes
};

// May be used from any number of threads at once.
class HttpClient {
 public:
  // `egress` must remain live while this client is in use.
  explicit HttpClient(const Egress& egress, HttpLimits limits = {});

  // Sends the request and hands the answer, whatever its status, to `reader`. Success is an
  // answer that came whole, or of which the reader has had enough. Else
  //   Denied       the policy, or the server's certificate
  //   Unavailable  no connection, or it died before the answer was whole
  //   TimedOut     no connection within the limit
  //   Limit        the answer is too long
  //   Unsupported  a redirect; the message says where to
  //   Stopped      as it was asked to
  //   Invalid      a header of the request has a control character
  // No message says anything of headers or bodies.
  Result<void> send(const HttpRequest& request, const HttpReader& reader,
                    const StopToken& stop) const;

 private:
  const Egress& egress_;
  const HttpLimits limits_;
};

// A whole answer, of at most so many bytes.
struct HttpAnswer {
  HttpHead head;
  std::string body;
};
Result<HttpAnswer> fetch(const HttpClient& client, const HttpRequest& request,
                         std::size_t max_body_bytes, const StopToken& stop);

}  // namespace temper::net
