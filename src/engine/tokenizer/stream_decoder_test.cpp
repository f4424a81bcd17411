#include "engine/tokenizer/stream_decoder.h"

#include <doctest/doctest.h>

#include "base/format.h"
#include "base/random.h"
#include "base/utf8.h"
#include "support/small_vocabularies.h"

namespace temper::engine {
namespace {

std::unique_ptr<Tokenizer> loaded(const std::string& bytes) {
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE(file.ok());
  return *Tokenizer::load(*file);
}

TEST_CASE("stream decoder: a character is handed out whole, and what is held can be seen") {
  const auto tokenizer = loaded(small_byte_level_bpe("qwen2"));
  StreamDecoder decoder(*tokenizer, SpecialsShown::No);
  // The bytes of "é€x", each a token of its own: the token's id is the byte.
  std::string steps;
  for (const TokenId byte : {0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0x78}) {
    const std::string text = decoder.add(byte);
    steps += format("{}({}) ", text, decoder.held().size());
  }
  CHECK(steps == "(1) é(0) (1) (2) €(0) x(0) ");
  CHECK(decoder.finish() == "");
}

TEST_CASE("stream decoder: bytes that become no character are one U+FFFD for each error") {
  const auto tokenizer = loaded(small_byte_level_bpe("qwen2"));
  StreamDecoder decoder(*tokenizer, SpecialsShown::No);
  CHECK(decoder.add(0xE2) == "");
  CHECK(decoder.add(0x82) == "");
  CHECK(decoder.add('a') == "\uFFFDa");
  CHECK(decoder.add(0xFF) == "\uFFFD");
  CHECK(decoder.add(0xF0) == "");
  CHECK(decoder.finish() == "\uFFFD");
  CHECK(decoder.held() == "");
  CHECK(decoder.finish() == "");
}

TEST_CASE("stream decoder: control tokens are shown only where they should be") {
  const auto tokenizer = loaded(small_byte_level_bpe("qwen2"));
  const std::vector<TokenId> tokens = tokenizer->encode("a<|im_end|><think>", Specials::Parsed);
  const auto decoded = [&](SpecialsShown shown) {
    StreamDecoder decoder(*tokenizer, shown);
    std::string text;
    for (const TokenId id : tokens) text += decoder.add(id);
    return text;
  };
  CHECK(decoded(SpecialsShown::No) == "a<think>");
  CHECK(decoded(SpecialsShown::Yes) == "a<|im_end|><think>");
}

TEST_CASE("stream decoder: only at the beginning of a text is a space taken off") {
  const auto tokenizer = loaded(small_sentence_piece());
  const std::vector<TokenId> tokens = tokenizer->encode("the the", Specials::AsText);
  const auto decoded = [&](StreamDecoder::From from) {
    StreamDecoder decoder(*tokenizer, SpecialsShown::No, from);
    std::string text;
    for (const TokenId id : tokens) text += decoder.add(id);
    return text;
  };
  CHECK(decoded(StreamDecoder::From::Beginning) == "the the");
  CHECK(decoded(StreamDecoder::From::Middle) == " the the");
}

TEST_CASE("stream decoder: any tokens give what they give together, made valid") {
  Random random(21);
  for (const std::string& bytes :
       {small_byte_level_bpe("qwen2"), small_gemma(), small_sentence_piece()}) {
    const auto tokenizer = loaded(bytes);
    for (int round = 0; round < 500; ++round) {
      std::vector<TokenId> tokens;
      for (std::uint64_t i = random.below(12); i > 0; --i) {
        tokens.push_back(static_cast<TokenId>(random.below(tokenizer->size())));
      }
      StreamDecoder decoder(*tokenizer, SpecialsShown::Yes, StreamDecoder::From::Beginning);
      std::string streamed;
      for (const TokenId id : tokens) {
        streamed += decoder.add(id);
        CHECK(is_valid_utf8(streamed));
        CHECK(decoder.held().size() <= 3);
      }
      streamed += decoder.finish();
      CHECK(streamed == make_valid_utf8(tokenizer->decode(tokens, SpecialsShown::Yes)));
    }
  }
}

}  // namespace
}  // namespace temper::engine
