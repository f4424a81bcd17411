// Files whose lists and numbers do not fit each other.
#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "engine/tokenizer/tokenizer.h"
#include "support/gguf_writer.h"

namespace temper::engine {
namespace {

std::string outcome(const GgufWriter& writer) {
  const std::string bytes = writer.bytes();
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE_MESSAGE(file.ok(), file.error().message);
  const Result<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::load(*file);
  return tokenizer ? "loaded" : tokenizer.error().message;
}

using Texts = std::vector<std::string_view>;
using Kinds = std::vector<std::int32_t>;

// A vocabulary of "a", "b" and "ab", with what `add` puts beside it.
GgufWriter small(std::string_view model, const std::function<void(GgufWriter&)>& add = {}) {
  GgufWriter writer;
  writer.put_array("tokenizer.ggml.tokens", Texts{"a", "b", "ab"});
  if (!model.empty()) writer.put("tokenizer.ggml.model", model);
  if (add) add(writer);
  return writer;
}

void put_merges(GgufWriter& writer) { writer.put_array("tokenizer.ggml.merges", Texts{"a b"}); }

TEST_CASE("tokenizer file: what must be there is") {
  CHECK(outcome(small("gpt2", put_merges)) == "loaded");
  CHECK(outcome(small("gemma4", put_merges)) == "loaded");
  CHECK(outcome(GgufWriter()) == "m.gguf: there is no key `tokenizer.ggml.tokens`");
  CHECK(outcome(small("")) == "m.gguf: there is no key `tokenizer.ggml.model`");
  CHECK(outcome(small("gpt2")) == "m.gguf: there is no key `tokenizer.ggml.merges`");
  CHECK(outcome(small("llama")) ==
        "m.gguf: tokenizer.ggml.scores is missing, by which a tokenizer of the model \"llama\" "
        "merges; the file was converted wrongly, get another one");
  CHECK(outcome(GgufWriter().put_array("tokenizer.ggml.tokens", Texts{})) ==
        "m.gguf: tokenizer.ggml.tokens is empty; the file was converted wrongly, get another one");
}

TEST_CASE(
    "tokenizer file: models and ways to split that are not known are refused with those that are") {
  CHECK(outcome(small("bert")) ==
        "m.gguf: its tokenizer is a \"bert\" (tokenizer.ggml.model), which is not among those "
        "known here: gpt2, gemma4, llama");
  const std::string message = outcome(small("gpt2", [](GgufWriter& writer) {
    put_merges(writer);
    writer.put("tokenizer.ggml.pre", "viking");
  }));
  CHECK(message.starts_with("m.gguf: its text is split in a way called \"viking\" "));
}

TEST_CASE("tokenizer file: lists are as long as the vocabulary, and hold what means something") {
  const auto with_kinds = [](const Kinds& kinds) {
    return outcome(small("gpt2", [&](GgufWriter& writer) {
      put_merges(writer);
      writer.put_array("tokenizer.ggml.token_type", kinds);
    }));
  };
  CHECK(with_kinds({1, 2, 0}) == "loaded");
  CHECK(with_kinds({1, 2}) ==
        "m.gguf: tokenizer.ggml.token_type has 2 items for 3 tokens; the file was converted "
        "wrongly, get another one");
  CHECK(with_kinds({1, 2, 7}) ==
        "m.gguf: tokenizer.ggml.token_type gives token 2 the unknown type 7; the file was "
        "converted wrongly, get another one");

  const auto with_scores = [](const std::vector<float>& scores) {
    return outcome(small(
        "llama", [&](GgufWriter& writer) { writer.put_array("tokenizer.ggml.scores", scores); }));
  };
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CHECK(with_scores({-kInfinity, 0, kInfinity}) == "loaded");
  CHECK(with_scores({0, 1, 2, 3}) ==
        "m.gguf: tokenizer.ggml.scores has 4 items for 3 tokens; the file was converted wrongly, "
        "get another one");
  CHECK(with_scores({0, 1, std::numeric_limits<float>::quiet_NaN()}) ==
        "m.gguf: tokenizer.ggml.scores has no number for token 2; the file was converted wrongly, "
        "get another one");
}

TEST_CASE("tokenizer file: a merge is two texts") {
  const auto with_merge = [](std::string_view merge) {
    return outcome(small("gpt2", [&](GgufWriter& writer) {
      writer.put_array("tokenizer.ggml.merges", Texts{"a b", merge});
    }));
  };
  CHECK(with_merge("  b") == "loaded");  // a space and "b"
  CHECK(with_merge("a b") == "loaded");
  CHECK(with_merge("x y z") == "loaded");
  for (const std::string_view merge : {"", "ab", " b"}) {
    CHECK(with_merge(merge).find("where two texts with a space between them should be") !=
          std::string::npos);
  }
}

TEST_CASE("tokenizer file: ids are of the vocabulary") {
  const auto with = [](std::string_view key, std::uint32_t id) {
    return outcome(small("gpt2", [&](GgufWriter& writer) {
      put_merges(writer);
      writer.put(key, id);
    }));
  };
  CHECK(with("tokenizer.ggml.bos_token_id", 2) == "loaded");
  CHECK(with("tokenizer.ggml.padding_token_id", 0xFFFFFFFF) == "loaded");  // none
  for (const std::string_view key :
       {"tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id",
        "tokenizer.ggml.padding_token_id", "tokenizer.ggml.unknown_token_id",
        "tokenizer.ggml.eot_token_id", "tokenizer.ggml.fim_sep_token_id"}) {
    CHECK(with(key, 3) == "m.gguf: " + std::string(key) +
                              " is 3, but the vocabulary has 3 tokens; the file was converted "
                              "wrongly, get another one");
  }
  CHECK(outcome(small("gpt2",
                      [](GgufWriter& writer) {
                        put_merges(writer);
                        writer.put_array("tokenizer.ggml.suppress_tokens", Kinds{0, -1});
                      })) ==
        "m.gguf: tokenizer.ggml.suppress_tokens is a list with -1, but the vocabulary has "
        "3 tokens; the file was converted wrongly, get another one");
}

TEST_CASE("tokenizer file: what is to be added must be named") {
  CHECK(outcome(small("gpt2",
                      [](GgufWriter& writer) {
                        put_merges(writer);
                        writer.put("tokenizer.ggml.add_bos_token", true);
                      })) ==
        "m.gguf: tokenizer.ggml.add_bos_token is true, but tokenizer.ggml.bos_token_id is "
        "missing; the file was converted wrongly, get another one");
}

TEST_CASE("tokenizer file: of two tokens with one text, the first is meant") {
  GgufWriter writer;
  writer.put("tokenizer.ggml.model", "gpt2")
      .put_array("tokenizer.ggml.tokens", Texts{"a", "b", "a", "", "<x>", "<x>"})
      .put_array("tokenizer.ggml.token_type", Kinds{1, 1, 1, 1, 3, 3})
      .put_array("tokenizer.ggml.merges", Texts{"a b", "a b"});
  const std::string bytes = writer.bytes();
  const auto tokenizer = *Tokenizer::load(*GgufFile::parse(std::as_bytes(std::span(bytes)), "m"));
  CHECK(tokenizer->encode("aab<x>", Specials::Parsed) == std::vector<TokenId>{0, 0, 1, 4});
}

}  // namespace
}  // namespace temper::engine
