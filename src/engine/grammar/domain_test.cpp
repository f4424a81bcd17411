// Arguments that must be of a set known elsewhere.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/grammar/builder.h"
#include "engine/grammar/json_grammar.h"
#include "engine/grammar/matcher.h"
#include "support/random_walk.h"
#include "support/test_tokens.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

// The texts of a list, or, with `pieces_of`, what occurs in the text of the member that is
// given. States are places in lists of candidates.
class Words : public chat::Domain {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
    std::sort(words_.begin(), words_.end());
  }
  State start(State) const override { return words_.empty() ? kDead : pack(0, 0); }
  State next(State state, std::uint8_t byte) const override {
    const std::size_t length = state >> 32;
    const std::string& before = words_[state & 0xFFFFFFFF];
    const std::string text = before.substr(0, length) + static_cast<char>(byte);
    const auto at = std::lower_bound(words_.begin(), words_.end(), text);
    if (at == words_.end() || !at->starts_with(text)) return kDead;
    return pack(static_cast<std::size_t>(at - words_.begin()), length + 1);
  }
  bool is_member(State state) const override {
    return words_[state & 0xFFFFFFFF].size() == state >> 32;
  }
  const std::string& word(State state) const { return words_[state & 0xFFFFFFFF]; }

 private:
  static State pack(std::size_t word, std::size_t length) { return State{length} << 32 | word; }
  std::vector<std::string> words_;
};

// What occurs in the text that belongs to a word.
class Pieces : public chat::Domain {
 public:
  Pieces(std::shared_ptr<const Words> names, std::map<std::string, std::string> texts)
      : names_(std::move(names)), texts_(std::move(texts)) {}
  State start(State given) const override { return text(given).empty() ? kDead : given << 16 | 0; }
  // The low bits are the end of the first place where what was read occurs, and its length.
  State next(State state, std::uint8_t byte) const override {
    const State given = state >> 16;
    const std::string read = piece(state) + static_cast<char>(byte);
    const std::size_t at = text(given).find(read);
    if (at == std::string::npos) return kDead;
    return given << 16 | (at << 8) | read.size();
  }
  bool is_member(State state) const override { return (state & 0xFF) > 0; }

 private:
  std::string text(State given) const {
    // The given state has been cut to 48 bits, which keeps word and length of small lists.
    const auto found = texts_.find(names_->word(given & 0xFFFF));
    return found == texts_.end() ? "" : found->second;
  }
  std::string piece(State state) const {
    return text(state >> 16).substr(state >> 8 & 0xFF, state & 0xFF);
  }
  std::shared_ptr<const Words> names_;
  std::map<std::string, std::string> texts_;
};

const TestTokens& tokens() {
  static const TestTokens kTokens =
      TestTokens::bytes_and({"src/", "a.c", "b.", "\": \"", "\", \"", "\"}", "in", "int", "\\n",
                             "\\n  ", "\\\"", "\xC3", "\n</", "</p>"});
  return kTokens;
}

Matcher matcher_of(const GrammarBuilder& builder, Part root) {
  Result<Grammar> grammar = builder.build(root);
  REQUIRE_MESSAGE(grammar.ok(), (grammar ? "" : grammar.error().message));
  return Matcher(std::make_shared<TokenGrammar>(std::make_shared<Grammar>(*std::move(grammar)),
                                                tokens().trie));
}

bool accepts(Matcher matcher, std::string_view text) {
  return matcher.accept_bytes(text) && matcher.is_complete();
}

TEST_CASE("domain: only members, as JSON has them written") {
  const auto words = std::make_shared<Words>(std::vector<std::string>{
      "src/a.c", "src/a.cpp", "say \"hi\"\n", "b\\c", "\x01\x1F", "größe"});
  GrammarBuilder builder;
  const Part text = builder.domain(words, {.escaping = Escaping::Json});
  const Matcher matcher =
      matcher_of(builder, builder.sequence({builder.literal("\""), text, builder.literal("\"")}));
  for (const std::string_view good : {R"("src/a.c")", R"("src/a.cpp")", R"("say \"hi\"\n")",
                                      R"("b\\c")", R"("\u0001\u001f")", R"("größe")"}) {
    CHECK_MESSAGE(accepts(matcher, good), good);
  }
  for (const std::string_view bad :
       {R"("src/a")", R"("src/a.cp")", R"("src\/a.c")", R"("b\u005cc")", R"("say \"hi\"\u000a")",
        R"("\u0001")", R"("")", R"("src/a.cx)"}) {
    CHECK_MESSAGE(!accepts(matcher, bad), bad);
  }
  Matcher begun = matcher;
  CHECK(begun.accept_bytes("\"s"));
  CHECK(begun.accept_bytes("r"));
  CHECK(begun.forced() == Forced{"c/a.c", std::nullopt});
  CHECK(begun.accept_bytes("c/a.cp"));
  CHECK(begun.forced() == Forced{"p\"", std::nullopt});
  Matcher escape = matcher;
  CHECK(escape.accept_bytes("\"\\"));
  CHECK(escape.forced() == Forced{"u0001\\u001f\"", std::nullopt});
}

TEST_CASE("domain: as a text of its own it ends where the end stands") {
  const auto words = std::make_shared<Words>(std::vector<std::string>{"a", "a\n", "a\n</q", "é"});
  GrammarBuilder builder;
  const Part root = builder.sequence(
      {builder.domain(words, {}), builder.literal("\n</p>"), builder.literal("!")});
  const Matcher matcher = matcher_of(builder, root);
  CHECK(accepts(matcher, "a\n</p>!"));
  CHECK(accepts(matcher, "a\n\n</p>!"));
  CHECK(accepts(matcher, "a\n</q\n</p>!"));
  CHECK(accepts(matcher, "é\n</p>!"));
  CHECK(!accepts(matcher, "b\n</p>!"));
  std::vector<std::uint64_t> words_of_mask;
  Matcher begun = matcher;
  CHECK(begun.accept_bytes("a"));
  const std::vector<TokenId> allowed = testing::allowed_tokens(begun, words_of_mask);
  CHECK(allowed == std::vector<TokenId>{'\n', 268});  // "\n</"
}

struct Edit {
  GrammarBuilder builder;
  Part root;
};

// {"path": of `names`, "before": what occurs in that file}, as a schema with bindings.
Edit edit_grammar() {
  Edit edit;
  const auto names = std::make_shared<Words>(std::vector<std::string>{"a.c", "b.c", "empty"});
  const auto pieces = std::make_shared<Pieces>(
      names, std::map<std::string, std::string>{{"a.c", "int a;\n  int b;\n"}, {"b.c", "\"x\""}});
  const SlotId file = edit.builder.new_slot();
  JsonGrammar::Bindings bindings;
  bindings.emplace("path", edit.builder.domain(names, {.escaping = Escaping::Json, .keep = file}));
  bindings.emplace("before",
                   edit.builder.domain(pieces, {.escaping = Escaping::Json, .given = file}));
  static const Json kSchema = *parse_json(
      R"({"type":"object","properties":{"path":{"type":"string"},"before":{"type":"string"}},"required":["path","before"]})");
  JsonGrammar json(edit.builder, kSchema);
  const Result<Part> part = json.value(bindings);
  REQUIRE(part.ok());
  edit.root = *part;
  return edit;
}

TEST_CASE("domain: one may depend on where another ended") {
  const Edit edit = edit_grammar();
  const Matcher matcher = matcher_of(edit.builder, edit.root);
  CHECK(accepts(matcher, R"({"path": "a.c", "before": "int a;\n  int"})"));
  CHECK(accepts(matcher, R"({"path": "b.c", "before": "\"x\""})"));
  CHECK(!accepts(matcher, R"({"path": "b.c", "before": "int"})"));
  CHECK(!accepts(matcher, R"({"path": "a.c", "before": "int c"})"));
  CHECK(!accepts(matcher, R"({"path": "a.c", "before": ""})"));
  CHECK(!accepts(matcher, R"({"path": "c.c", "before": "int"})"));
  // Where nothing is possible anything is, for the call must come to its end.
  CHECK(accepts(matcher, R"({"path": "empty", "before": "what\tever"})"));
}

TEST_CASE("domain: walks end in members") {
  const Edit edit = edit_grammar();
  const Matcher matcher = matcher_of(edit.builder, edit.root);
  Random random(5);
  for (int walk = 0; walk < 200; ++walk) {
    const auto text = testing::random_text(matcher, *tokens().trie, random, random.below(40));
    REQUIRE(text.has_value());
    CHECK_MESSAGE(accepts(matcher, *text), *text);
    const Result<Json> json = parse_json(*text);
    REQUIRE_MESSAGE(json.ok(), *text);
    const std::string path = *json->string_at("path");
    const std::string before = *json->string_at("before");
    if (path == "a.c") CHECK(std::string("int a;\n  int b;\n").find(before) != std::string::npos);
    if (path == "b.c") CHECK(std::string("\"x\"").find(before) != std::string::npos);
  }
}

TEST_CASE("domain: one without members is no choice") {
  const auto none = std::make_shared<Words>(std::vector<std::string>{});
  GrammarBuilder builder;
  const Part empty = builder.domain(none, {});
  CHECK(!builder.build(empty).ok());
  const Matcher matcher = matcher_of(builder, builder.choice({empty, builder.literal("x")}));
  CHECK(matcher.forced().bytes == "x");
}

}  // namespace
}  // namespace temper::engine
