// What is known of a model behind a server: what was said of it at first, and what its replies
// have shown since.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "chat/provider.h"
#include "net/egress.h"
#include "providers/place.h"
#include "providers/remote_options.h"
#include "providers/remote_reply.h"

namespace temper::providers {

// May be used from several threads.
class KnownServer {
 public:
  explicit KnownServer(std::optional<std::uint64_t> context_tokens)
      : context_tokens_(context_tokens) {}

  void set_context(std::optional<std::uint64_t> tokens) {
    const std::lock_guard lock(mutex_);
    context_tokens_ = tokens;
  }

  void learn(const RemoteNews& news) {
    const std::lock_guard lock(mutex_);
    if (news.context_tokens) context_tokens_ = news.context_tokens;
    counts_tokens_ = counts_tokens_ || news.counts_tokens;
  }

  chat::Capabilities capabilities(const net::Egress& egress, const RemoteOptions& options) const {
    chat::Capabilities capabilities;
    capabilities.model = options.model;
    capabilities.place = place_of(egress, options.base_url);
    capabilities.native_tools = true;
    const std::lock_guard lock(mutex_);
    capabilities.context_tokens = context_tokens_;
    capabilities.counts_tokens = counts_tokens_;
    return capabilities;
  }

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::optional<std::uint64_t> context_tokens_;
  bool counts_tokens_ = false;
};

}  // namespace temper::providers
