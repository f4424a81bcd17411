// The calls that a request allows, as grammars in its model's dialect.
//
// A grammar begins after what opens a call: until then the model is free, and from then on
// what it writes is a call of one of the tools, with arguments that fit its schema and the
// domains that the request binds them to. A schema that cannot be kept is only held to
// its being an object.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat/provider.h"
#include "engine/dialect/dialect.h"
#include "engine/grammar/grammar.h"
#include "engine/grammar/json_grammar.h"
#include "providers/spelling.h"

namespace temper::providers {

// What opens a call, and where it counts.
struct CallOpening {
  enum class Where {
    Anywhere,   // but not in code or quotes, where it is text
    LineStart,  // and not in code
    ReplyStart,
    Header,         // of one of Harmony's messages
    ChannelHeader,  // where that names its channel already
  };

  std::optional<engine::TokenId> token;  // it is this one,
  std::string text;                      // or else this text
  Where where = Where::Anywhere;
  std::shared_ptr<const engine::Grammar> call;
};

// In the order in which they are to be looked for; none where there are no tools, the
// dialect knows no calls, or the vocabulary cannot write them.
Result<std::vector<CallOpening>> call_openings(const engine::Dialect& dialect,
                                               const Spelling& spelling,
                                               const chat::Request& request);

}  // namespace temper::providers
