#include "net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::net {
namespace {

// The longest wait without looking at the stop token again; it wakes us by its descriptor.
constexpr int kLongestWaitMs = 60'000;
constexpr long kKeepAliveSeconds = 30;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

// One request and what has come of its answer.
class Exchange {
 public:
  Exchange(const Egress& egress, const HttpLimits& limits, const HttpRequest& request,
           const HttpReader& reader, StopToken stop)
      : egress_(egress),
        limits_(limits),
        request_(request),
        reader_(reader),
        stop_(std::move(stop)),
        multi_(curl_multi_init()),
        easy_(curl_easy_init()) {
    VERIFY(easy_ != nullptr && multi_ != nullptr, "there is memory for a request");
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() { curl_multi_remove_handle(multi_.get(), easy_.get()); }

  Result<void> run() {
    if (stop_.stop_requested()) return stopped();
    TRY(egress_.check(request_.url));
    TRY(add_headers());
    set_options();
    curl_multi_add_handle(multi_.get(), easy_.get());
    int running = 1;
    while (true) {
      curl_multi_perform(multi_.get(), &running);
      if (stop_.stop_requested()) return stopped();
      if (refusal_) return *refusal_;
      if (running == 0) break;
      curl_waitfd stop{stop_.descriptor(), CURL_WAIT_POLLIN, 0};
      curl_multi_poll(multi_.get(), &stop, stop.fd < 0 ? 0 : 1, kLongestWaitMs, nullptr);
      if (stop_.stop_requested()) return stopped();
    }
    return outcome();
  }

 private:
  static Error stopped() { return stopped_error("the request"); }

  template <typename T>
  void set(CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    VERIFY(code == CURLE_OK, "libcurl knows the option");
  }

  Result<void> add_header(const std::string& name, const std::string& value) {
    if (name.empty() || has_control_character(name) || has_control_character(value)) {
      return Error{Code::Invalid,
                   format("the header {} of a request has a line break or another control "
                          "character in it; look at where its value comes from",
                          printable(name, LineBreaks::Escape))};
    }
    curl_slist* longer = curl_slist_append(headers_.get(), (name + ": " + value).c_str());
    VERIFY(longer != nullptr, "there is memory for a header");
    static_cast<void>(headers_.release());
    headers_.reset(longer);
    return {};
  }

  Result<void> add_headers() {
    for (const HttpHeader& header : request_.headers) TRY(add_header(header.name, header.value));
    for (const SecretHeader& header : request_.secret_headers) {
      TRY(add_header(header.name, header.value.reveal()));
    }
    // Without it libcurl asks before it sends a long body, and not all servers answer.
    headers_.reset(curl_slist_append(headers_.release(), "Expect:"));
    return {};
  }

  void set_options() {
    url_ = request_.url.text();
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");  // also none of the environment's
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name that is looked up
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_TCP_KEEPIDLE, kKeepAliveSeconds);
    set(CURLOPT_TCP_KEEPINTVL, kKeepAliveSeconds);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_HTTPHEADER, headers_.get());
    if (request_.method == HttpRequest::Method::Post) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
    }
    set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Exchange::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Exchange::take_body);
    set(CURLOPT_WRITEDATA, this);
  }

  // ---- What libcurl calls ----

  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& exchange = *static_cast<Exchange*>(self);
    Result<UniqueFd> socket = exchange.egress_.open_socket(exchange.request_.url, address->addr,
                                                           address->socktype, address->protocol);
    if (socket) return socket->release();
    exchange.denial_ = std::move(socket).error();
    return CURL_SOCKET_BAD;
  }

  static std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    return exchange.add_head_line({bytes, size}) ? size : 0;
  }

  static std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    return exchange.add_body({bytes, size}) ? size : 0;
  }

  bool refuse(Error error) {
    refusal_ = std::move(error);
    return false;
  }

  // A head may come more than once: what stands before a "100 Continue" or the like.
  bool add_head_line(std::string_view line) {
    head_bytes_ += line.size();
    if (head_bytes_ > limits_.max_head_bytes) {
      return refuse(
          {Code::Limit, format("{} answers with a head of more than {}", request_.url.origin(),
                               format_bytes(limits_.max_head_bytes))});
    }
    line = trim(line);
    if (line.starts_with("HTTP/")) {
      head_ = {};
      long status = 0;
      curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
      head_.status = static_cast<int>(status);
    } else if (const std::size_t colon = line.find(':'); colon != line.npos) {
      head_.headers.push_back(
          {to_lower_ascii(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
    } else if (line.empty() && head_.status >= 200 && !head_is_said_) {
      return say_head();
    }
    return true;
  }

  bool say_head() {
    head_is_said_ = true;
    const std::string_view location = head_.header("location");
    if (head_.status >= 300 && head_.status < 400 && !location.empty()) {
      return refuse(
          {Code::Unsupported,
           format("{} says that what was asked for is at {}, and redirects are not followed; use "
                  "that URL where it is right",
                  request_.url.origin(), printable(location.substr(0, 300), LineBreaks::Escape))});
    }
    if (stop_.stop_requested()) return false;
    if (reader_.head && reader_.head(head_) == Reading::Enough) has_enough_ = true;
    return !has_enough_;
  }

  bool add_body(std::string_view bytes) {
    body_bytes_ += bytes.size();
    if (body_bytes_ > limits_.max_body_bytes) {
      return refuse({Code::Limit, format("{} answers with more than {}", request_.url.origin(),
                                         format_bytes(limits_.max_body_bytes))});
    }
    if (stop_.stop_requested()) return false;
    if (bytes.empty()) return true;
    if (reader_.body && reader_.body(bytes) == Reading::Enough) has_enough_ = true;
    return !has_enough_;
  }

  // ---- The end ----

  Result<void> outcome() {
    if (has_enough_) return {};
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
    VERIFY(message != nullptr && message->msg == CURLMSG_DONE, "a request that is over has ended");
    const CURLcode code = message->data.result;
    if (code == CURLE_OK) return {};
    // Of several addresses one may be denied and another dead; that one was denied is the news.
    if (denial_ && !head_is_said_) return *denial_;
    return failure(code);
  }

  Error failure(CURLcode code) const {
    const std::string origin = request_.url.origin();
    switch (code) {
      case CURLE_COULDNT_RESOLVE_HOST:
        return {Code::Unavailable,
                format("the name in {} leads nowhere; look for a mistake in it", origin)};
      case CURLE_COULDNT_CONNECT:
        return {Code::Unavailable,
                format("{} does not accept connections; is the server running there?", origin)};
      case CURLE_OPERATION_TIMEDOUT:
        return {Code::TimedOut,
                format("{} did not accept a connection within {} s; is it reachable?", origin,
                       std::chrono::duration_cast<std::chrono::seconds>(limits_.connect).count())};
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
        return {Code::Denied,
                format("the certificate of {} could not be verified, so nothing was sent; the "
                       "system's list of authorities decides",
                       origin)};
      case CURLE_SSL_CONNECT_ERROR:
        return {Code::Unavailable,
                format("{} did not agree on TLS; does it speak https, or http?", origin)};
      case CURLE_GOT_NOTHING:
        return {Code::Unavailable, format("{} closed the connection without an answer", origin)};
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_WEIRD_SERVER_REPLY:
        return {Code::Unavailable, format("what answers at {} does not speak HTTP", origin)};
      default:
        return {Code::Unavailable,
                format("the connection to {} broke off before the answer was whole ({})", origin,
                       curl_easy_strerror(code))};
    }
  }

  const Egress& egress_;
  const HttpLimits& limits_;
  const HttpRequest& request_;
  const HttpReader& reader_;
  const StopToken stop_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::unique_ptr<CURL, EasyDeleter> easy_;  // goes before what it points to
  std::string url_;
  HttpHead head_;
  std::size_t head_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  bool head_is_said_ = false;
  bool has_enough_ = false;
  std::optional<Error> denial_;   // of a socket
  std::optional<Error> refusal_;  // of the answer
};

}  // namespace

std::string_view HttpHead::header(std::string_view name) const {
  for (const HttpHeader& one : headers) {
    if (one.name == name) return one.value;
  }
  return {};
}

HttpClient::HttpClient(const Egress& egress, HttpLimits limits) : egress_(egress), limits_(limits) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  VERIFY(kReady == CURLE_OK, "libcurl can be used");
}

Result<void> HttpClient::send(const HttpRequest& request, const HttpReader& reader,
                              const StopToken& stop) const {
  return Exchange(egress_, limits_, request, reader, stop).run();
}

Result<HttpAnswer> fetch(const HttpClient& client, const HttpRequest& request,
                         std::size_t max_body_bytes, const StopToken& stop) {
  HttpAnswer answer;
  bool is_too_long = false;
  HttpReader reader;
  reader.head = [&](const HttpHead& head) {
    answer.head = head;
    return Reading::Continue;
  };
  reader.body = [&](std::string_view bytes) {
    is_too_long = answer.body.size() + bytes.size() > max_body_bytes;
    if (is_too_long) return Reading::Enough;
    answer.body += bytes;
    return Reading::Continue;
  };
  TRY(client.send(request, reader, stop));
  if (is_too_long) {
    return Error{Code::Limit, format("{} answers with more than {}", request.url.text(),
                                     format_bytes(max_body_bytes))};
  }
  return answer;
}

}  // namespace temper::net
