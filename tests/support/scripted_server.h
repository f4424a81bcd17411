// A server of HTTP for tests: real sockets on the loopback, a thread for each connection, and
// answers that a test writes byte for byte, waits in, or breaks off.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/format.h"
#include "base/stop.h"
#include "base/unique_fd.h"
#include "base/verify.h"

namespace temper {

struct SeenRequest {
  std::string line;  // "POST /v1/chat/completions HTTP/1.1"
  std::string head;  // the lines after it, names in small letters
  std::string body;

  bool has(std::string_view header_line) const {
    return head.find(std::string(header_line) + "\r\n") != std::string::npos;
  }
};

// What a script does to its connection, which is closed in order when the script returns.
class Connection {
 public:
  Connection(int socket, StopToken stop) : socket_(socket), stop_(std::move(stop)) {}

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Until the client goes away, or the server.
  void wait_for_client_to_leave() const {
    while (!stop_.stop_requested()) {
      std::array<pollfd, 2> waited{pollfd{socket_, POLLIN, 0},
                                   pollfd{stop_.descriptor(), POLLIN, 0}};
      ::poll(waited.data(), waited.size(), -1);
      std::array<char, 256> bytes{};
      if (waited[0].revents != 0 && ::recv(socket_, bytes.data(), bytes.size(), 0) <= 0) return;
    }
  }

  // The connection will not be closed in order, but reset.
  void reset() const {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }

 private:
  int socket_;
  StopToken stop_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(const SeenRequest&, const Connection&)>;

  // `script` is called for each request, on the thread of its connection.
  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    VERIFY(::bind(listener_.get(), any, size) == 0 && ::listen(listener_.get(), 64) == 0 &&
               ::getsockname(listener_.get(), any, &size) == 0,
           "a test can listen on the loopback");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    stop_.request_stop();
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
  }

  int port() const { return port_; }
  std::string url(std::string_view path = "") const {
    return format("http://127.0.0.1:{}{}", port_, path);
  }
  std::vector<SeenRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void accept_all() {
    while (true) {
      std::array<pollfd, 2> waited{pollfd{listener_.get(), POLLIN, 0},
                                   pollfd{stop_.token().descriptor(), POLLIN, 0}};
      ::poll(waited.data(), waited.size(), -1);
      if (waited[1].revents != 0) return;
      const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (socket >= 0) threads_.emplace_back([this, socket] { serve(UniqueFd(socket)); });
    }
  }

  void serve(UniqueFd socket) {
    SeenRequest request;
    if (!read(socket.get(), request)) return;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    script_(request, Connection(socket.get(), stop_.token()));
  }

  bool read(int socket, SeenRequest& request) const {
    std::string bytes;
    std::size_t head_end = std::string::npos;
    std::size_t length = 0;
    while (head_end == std::string::npos || bytes.size() < head_end + 4 + length) {
      std::array<pollfd, 2> waited{pollfd{socket, POLLIN, 0},
                                   pollfd{stop_.token().descriptor(), POLLIN, 0}};
      ::poll(waited.data(), waited.size(), -1);
      if (waited[1].revents != 0) return false;
      std::array<char, 65536> buffer{};
      const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
      if (count <= 0) return false;
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
      if (head_end != std::string::npos) continue;
      head_end = bytes.find("\r\n\r\n");
      if (head_end != std::string::npos) length = take_head(bytes.substr(0, head_end + 2), request);
    }
    request.body = bytes.substr(head_end + 4);
    return true;
  }

  // The length of the body.
  static std::size_t take_head(std::string head, SeenRequest& request) {
    const std::size_t line_end = head.find("\r\n");
    request.line = head.substr(0, line_end);
    bool in_name = true;
    for (char& byte : head.erase(0, line_end + 2)) {
      if (byte == '\n') in_name = true;
      if (byte == ':') in_name = false;
      if (in_name) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    }
    request.head = head;
    const std::size_t at = head.find("content-length: ");
    return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
  }

  Script script_;
  StopSource stop_;
  UniqueFd listener_;
  int port_ = 0;
  std::thread acceptor_;
  std::list<std::thread> threads_;  // of the acceptor, until it has ended

  mutable std::mutex mutex_;  // guards what follows
  std::vector<SeenRequest> requests_;
};

inline std::string http_answer(std::string_view status, std::string_view type,
                               std::string_view body, std::string_view more_head = "") {
  return format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status, type,
                body.size(), more_head, body);
}

inline std::string event_stream_head() {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
         "chunked\r\n\r\n";
}

inline std::string http_chunk(std::string_view bytes) {
  return format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

inline std::string last_http_chunk() { return "0\r\n\r\n"; }

}  // namespace temper
