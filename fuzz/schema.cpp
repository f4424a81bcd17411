// Any JSON as a schema: refused in one printable line, or what random tokens lead to is JSON
// and valid, as a validator sees it that knows nothing of grammars.
#include <cstdint>

#include "base/random.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "engine/grammar/json_grammar.h"
#include "engine/grammar/matcher.h"
#include "support/error_message.h"
#include "support/random_walk.h"
#include "support/schema_validator.h"
#include "support/test_tokens.h"

using namespace temper;
using namespace temper::engine;

namespace {

const TestTokens& tokens() {
  static const TestTokens kTokens =
      TestTokens::bytes_and({"{\"", "\": ", "\": \"", "\"}", "[]", ", ", "true", "null", "12", "-",
                             "é", "\\n", "\\u00", "e5", "\xF0\x9F"});
  return kTokens;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const auto document = parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  GrammarBuilder builder({.max_nodes = 100'000});
  const SchemaLimits limits{.max_depth = 40, .max_schemas = 1000, .max_copied = 20'000};
  JsonGrammar json(builder, *document, {}, limits);
  const auto part = json.value();
  if (!part) {
    testing::check_message(part.error().message, 1500);
    return 0;
  }
  Result<Grammar> grammar = builder.build(*part);
  if (!grammar) {
    testing::check_message(grammar.error().message, 1500);
    return 0;
  }
  const Matcher matcher(std::make_shared<TokenGrammar>(
      std::make_shared<Grammar>(*std::move(grammar)), tokens().trie));
  const testing::SchemaValidator validator(*document);
  Random random(size);
  for (int walk = 0; walk < 2; ++walk) {
    const auto text = testing::random_text(matcher, *tokens().trie, random, random.below(30));
    if (!text) continue;  // too long for us to wait
    const Result<Json> value = parse_json(*text);
    if (!value) {
      VERIFY(value.error().message.find("stands twice") != std::string::npos,
             "what comes of a grammar is JSON");
      continue;
    }
    VERIFY(testing::is_in_style(*text), "white space is as the style says");
    VERIFY(validator.accepts(*value), "what comes of a grammar is valid");
  }
  return 0;
}
