// What a reply has cost so far, from what a server says now and then: it never falls, and its
// parts never exceed their whole.
#pragma once

#include <algorithm>
#include <cmath>

#include "chat/events.h"

namespace temper::wire {

class UsageSum {
 public:
  // True where something is new.
  bool add(const chat::Usage& said) {
    const chat::Usage before = usage_;
    usage_.prompt_tokens = std::max(usage_.prompt_tokens, said.prompt_tokens);
    usage_.output_tokens = std::max(usage_.output_tokens, said.output_tokens);
    usage_.cached_prompt_tokens = std::min(
        usage_.prompt_tokens, std::max(usage_.cached_prompt_tokens, said.cached_prompt_tokens));
    usage_.thinking_tokens =
        std::min(usage_.output_tokens, std::max(usage_.thinking_tokens, said.thinking_tokens));
    if (said.cost_usd && std::isfinite(*said.cost_usd) && *said.cost_usd >= 0) {
      usage_.cost_usd = std::max(usage_.cost_usd.value_or(0), *said.cost_usd);
    }
    return usage_ != before;
  }

  const chat::Usage& usage() const { return usage_; }

 private:
  chat::Usage usage_;
};

}  // namespace temper::wire
