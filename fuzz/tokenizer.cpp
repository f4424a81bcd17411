// Any text, cut anywhere into what is trusted and what is not: it comes back byte for byte,
// no control token comes of text that is not trusted, and tokens streamed one by one are
// those decoded together. The first byte chooses a vocabulary and the cuts.
#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/utf8.h"
#include "base/verify.h"
#include "engine/tokenizer/stream_decoder.h"
#include "support/small_vocabularies.h"

namespace temper::engine {
namespace {

std::unique_ptr<Tokenizer> loaded(const std::string& bytes) {
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "small");
  VERIFY(file.ok(), "the small vocabularies are files");
  Result<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::load(*file);
  VERIFY(tokenizer.ok(), "the small vocabularies are vocabularies");
  return *std::move(tokenizer);
}

const Tokenizer& tokenizer_of(std::size_t choice) {
  static const std::array<std::unique_ptr<Tokenizer>, 9> kTokenizers = {
      loaded(small_byte_level_bpe("qwen2")),
      loaded(small_byte_level_bpe("qwen35")),
      loaded(small_byte_level_bpe("tekken")),
      loaded(small_byte_level_bpe("gpt-4o")),
      loaded(small_byte_level_bpe("gpt-2")),
      loaded(small_byte_level_bpe("default")),
      loaded(small_byte_level_bpe("llama-bpe")),
      loaded(small_gemma()),
      loaded(small_sentence_piece())};
  return *kTokenizers[choice % kTokenizers.size()];
}

void check_decoding(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  for (const SpecialsShown shown : {SpecialsShown::No, SpecialsShown::Yes}) {
    StreamDecoder decoder(tokenizer, shown, StreamDecoder::From::Beginning);
    std::string streamed;
    for (const TokenId id : tokens) {
      const std::string text = decoder.add(id);
      VERIFY(is_valid_utf8(text), "no part of a character is handed out");
      VERIFY(decoder.held().size() <= 3, "a character is not held once it is whole");
      streamed += text;
    }
    streamed += decoder.finish();
    VERIFY(streamed == make_valid_utf8(tokenizer.decode(tokens, shown)),
           "what is streamed is what is decoded");
  }
}

// What comes back, where spaces that a tokenizer puts before texts do not count.
std::string without_spaces(std::string_view text) {
  std::string rest;
  for (const char byte : text) {
    if (byte != ' ') rest.push_back(byte);
  }
  return rest;
}

// For models that write spaces as "▁", this is a space too.
std::string with_marks_as_spaces(std::string_view text) {
  std::string plain(text);
  for (std::size_t at = plain.find("▁"); at != plain.npos; at = plain.find("▁", at)) {
    plain.replace(at, 3, " ");
  }
  return plain;
}

void check_text(const Tokenizer& tokenizer, std::string_view text,
                const std::vector<TokenId>& tokens) {
  const std::string decoded = tokenizer.decode(tokens, SpecialsShown::Yes);
  if (tokenizer.adds_space()) {
    VERIFY(
        without_spaces(with_marks_as_spaces(decoded)) == without_spaces(with_marks_as_spaces(text)),
        "text comes back, but for spaces");
  } else {
    VERIFY(decoded == text || decoded == with_marks_as_spaces(text), "text comes back");
  }
  check_decoding(tokenizer, tokens);
}

void check_untrusted(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  for (const TokenId id : tokens) {
    VERIFY(!tokenizer.is_hidden(id) && !tokenizer.is_end_of_generation(id),
           "text that is not trusted is no control token");
  }
}

void check(std::uint8_t choice, std::string_view text) {
  const Tokenizer& tokenizer = tokenizer_of(choice);
  const std::vector<TokenId> as_text = tokenizer.encode(text, Specials::AsText);
  check_text(tokenizer, text, as_text);
  check_untrusted(tokenizer, as_text);
  VERIFY(tokenizer.encode(text, Specials::AsText) == as_text, "what is remembered is the same");

  const std::vector<TokenId> parsed = tokenizer.encode(text, Specials::Parsed);
  check_text(tokenizer, text, parsed);

  std::vector<Segment> segments;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t bytes = std::min<std::size_t>(rest.size(), 1 + choice / 9 % 16);
    segments.push_back(
        {rest.substr(0, bytes), segments.size() % 2 == 0 ? Trust::Trusted : Trust::Untrusted});
    rest.remove_prefix(bytes);
  }
  check_text(tokenizer, text, tokenizer.encode(segments));
  for (Segment& segment : segments) segment.trust = Trust::Untrusted;
  VERIFY(tokenizer.encode(segments) == as_text, "segments that nobody trusts are one text");
  for (Segment& segment : segments) segment.trust = Trust::Trusted;
  VERIFY(tokenizer.encode(segments) == parsed, "segments that are all trusted are one text");

  // Any tokens, also those that no text becomes.
  std::vector<TokenId> tokens;
  for (const char byte : text) {
    tokens.push_back(
        static_cast<TokenId>((static_cast<std::uint8_t>(byte) * 3U + choice) % tokenizer.size()));
  }
  check_decoding(tokenizer, tokens);
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  temper::engine::check(data[0], text);
  return 0;
}
