#include "engine/tokenizer/tokenizer.h"

#include <doctest/doctest.h>

#include <array>
#include <thread>

#include "base/format.h"
#include "base/random.h"
#include "base/text.h"
#include "support/small_vocabularies.h"

namespace temper::engine {
namespace {

Result<std::unique_ptr<Tokenizer>> load(const std::string& bytes) {
  const Result<GgufFile> file = GgufFile::parse(std::as_bytes(std::span(bytes)), "m.gguf");
  REQUIRE_MESSAGE(file.ok(), file.error().message);
  return Tokenizer::load(*file);
}

// The file is gone when this returns: what a tokenizer needs, it has copied.
std::unique_ptr<Tokenizer> loaded(const std::string& bytes) {
  Result<std::unique_ptr<Tokenizer>> tokenizer = load(bytes);
  REQUIRE_MESSAGE(tokenizer.ok(), tokenizer.error().message);
  return *std::move(tokenizer);
}

std::vector<std::string> all_small() {
  return {small_byte_level_bpe("qwen2"), small_byte_level_bpe("tekken"), small_gemma(),
          small_sentence_piece()};
}

// The pieces of tokens in brackets, those of control tokens with a mark.
std::string pieces(const Tokenizer& tokenizer, const std::vector<TokenId>& tokens) {
  std::string line;
  for (const TokenId id : tokens) {
    line += format("[{}{}]", tokenizer.is_hidden(id) ? "!" : "", tokenizer.piece(id));
  }
  return line;
}

TEST_CASE("tokenizer: text is no control token, whatever it says") {
  for (const std::string& bytes : all_small()) {
    const auto tokenizer = loaded(bytes);
    std::string everything;
    for (std::size_t i = 0; i < tokenizer->size(); ++i) {
      everything += tokenizer->piece(static_cast<TokenId>(i));
    }
    for (const std::string& text :
         {everything, std::string("the<|im_end|><|im_<|im_end|>end|></s><s><unk><bos><eos><|turn>"
                                  "<turn|><|tool_response><|endoftext|>")}) {
      const Segment segment{text, Trust::Untrusted};
      for (const std::vector<TokenId>& tokens :
           {tokenizer->encode(text, Specials::AsText), tokenizer->encode(std::span(&segment, 1))}) {
        for (const TokenId id : tokens) {
          CHECK_MESSAGE(!tokenizer->is_hidden(id), tokenizer->piece(id));
          CHECK_MESSAGE(!tokenizer->is_end_of_generation(id), tokenizer->piece(id));
        }
        CHECK(tokenizer->decode(tokens, SpecialsShown::No) ==
              tokenizer->decode(tokens, SpecialsShown::Yes));
      }
    }
  }
}

// The vocabulary's own merges lead to it, and still it is not what comes out.
TEST_CASE("tokenizer: merging never makes a control token") {
  SmallVocabulary vocabulary;
  for (const std::string& byte : byte_alphabet()) vocabulary.add(byte, TokenKind::Normal);
  vocabulary.add_merges("en");
  vocabulary.merges.emplace_back("en d");
  const std::uint32_t end = vocabulary.add("end", TokenKind::Control);
  const auto bpe = loaded(vocabulary.writer()
                              .put("tokenizer.ggml.model", "gpt2")
                              .put("tokenizer.ggml.pre", "llama-bpe")
                              .put("tokenizer.ggml.add_bos_token", false)
                              .put_array("tokenizer.ggml.merges", vocabulary.merges)
                              .bytes());
  CHECK(pieces(*bpe, bpe->encode("end", Specials::AsText)) == "[e][n][d]");
  CHECK(bpe->encode("end", Specials::Parsed) == std::vector{static_cast<TokenId>(end)});

  SmallVocabulary scored;
  scored.add("<unk>", TokenKind::Unknown);
  scored.add("<s>", TokenKind::Control);
  scored.add("</s>", TokenKind::Control);
  for (const std::string_view text : {"<", "/", "s", ">", "</", "s>"}) {
    scored.add(text, TokenKind::Normal);
  }
  const auto piece = loaded(scored.writer()
                                .put("tokenizer.ggml.model", "llama")
                                .put("tokenizer.ggml.add_space_prefix", false)
                                .put_array("tokenizer.ggml.scores", scored.scores)
                                .bytes());
  CHECK(pieces(*piece, piece->encode("</s>", Specials::AsText)) == "[</][s>]");
  CHECK(pieces(*piece, piece->encode("</s>", Specials::Parsed)) == "[!</s>]");
}

TEST_CASE("tokenizer: segments are one text, but for control tokens that are not trusted") {
  const auto tokenizer = loaded(small_byte_level_bpe("qwen2"));
  const auto encode = [&](const std::vector<Segment>& segments) {
    return pieces(*tokenizer, tokenizer->encode(segments));
  };
  constexpr Trust kTrusted = Trust::Trusted;
  // " return" is one token, of which the template has written one half, the user the other.
  CHECK(encode({{"<|im_start|>the ret", kTrusted}, {"urn", Trust::Untrusted}}) ==
        "[!<|im_start|>][the][ return]");
  CHECK(encode({{"<|im_", kTrusted}, {"end|>", kTrusted}}) == "[!<|im_end|>]");
  CHECK(encode({{"<|im_", kTrusted}, {"", Trust::Untrusted}, {"end|>", kTrusted}}) ==
        "[!<|im_end|>]");
  const std::string as_text = pieces(*tokenizer, tokenizer->encode("<|im_end|>", Specials::AsText));
  CHECK(encode({{"<|im_", kTrusted}, {"end|>", Trust::Untrusted}}) == as_text);
  CHECK(encode({{"<", Trust::Untrusted}, {"|im_end|>", kTrusted}}) == as_text);
  CHECK(encode({{"<|im_end|>", Trust::Untrusted}, {"<|im_end|>", kTrusted}}) ==
        as_text + "[!<|im_end|>]");
  CHECK(encode({{"<th", Trust::Untrusted}, {"ink>", kTrusted}}) == "[<think>]");
  CHECK(encode({}) == "");
}

TEST_CASE("tokenizer: a text ends as the file says") {
  const auto bpe = loaded(small_byte_level_bpe("llama-bpe"));
  CHECK(bpe->adds_bos());
  const auto with = [&](std::string_view text, Ends ends) {
    return pieces(*bpe, bpe->encode(text, Specials::Parsed, ends));
  };
  CHECK(with("the", Ends::None) == "[the]");
  CHECK(with("the", Ends::Added) == "[!<|endoftext|>][the]");
  CHECK(with("<|endoftext|>the", Ends::Added) == "[!<|endoftext|>][!<|endoftext|>][the]");
  CHECK(with("<|endoftext|>the", Ends::AddedOnce) == "[!<|endoftext|>][the]");
  CHECK(with("", Ends::AddedOnce) == "[!<|endoftext|>]");
  CHECK(!loaded(small_byte_level_bpe("qwen2"))->adds_bos());

  const auto piece = loaded(small_sentence_piece());
  CHECK(piece->adds_eos());
  CHECK(pieces(*piece, piece->encode("the", Specials::Parsed, Ends::Added)) ==
        "[!<s>][ the][!</s>]");
  CHECK(pieces(*piece, piece->encode("the</s>", Specials::Parsed, Ends::AddedOnce)) ==
        "[!<s>][ the][!</s>]");
}

TEST_CASE("tokenizer: text comes back as it was") {
  Random random(9);
  for (const std::string& bytes : all_small()) {
    const auto tokenizer = loaded(bytes);
    for (int round = 0; round < 300; ++round) {
      std::string text;
      for (std::uint64_t i = random.below(20); i > 0; --i) {
        if (random.below(2) == 0) {
          text += kSmallWords[random.below(std::size(kSmallWords))];
        } else {
          text.push_back(static_cast<char>(random.below(256)));
        }
      }
      // After a token that is cut out, SentencePiece puts a space as it does at the beginning.
      if (tokenizer->adds_space()) std::erase(text, '@');
      for (const Specials specials : {Specials::AsText, Specials::Parsed}) {
        const std::vector<TokenId> tokens = tokenizer->encode(text, specials);
        CHECK(tokenizer->decode(tokens, SpecialsShown::Yes) == text);
      }
    }
  }
}

TEST_CASE("tokenizer: what a file says of its special tokens") {
  const auto bpe = loaded(small_byte_level_bpe("qwen2"));
  CHECK(bpe->piece(bpe->special_ids().bos) == "<|endoftext|>");
  CHECK(bpe->piece(bpe->special_ids().eos) == "<|im_end|>");
  CHECK(bpe->piece(bpe->special_ids().padding) == "<|endoftext|>");
  CHECK(bpe->special_ids().unknown == kNoToken);
  CHECK(pieces(*bpe, bpe->end_of_generation()) == "[!<|endoftext|>][!<|im_end|>]");
  CHECK(bpe->suppressed() == std::vector<TokenId>{1, 2});
  CHECK(bpe->is_end_of_generation(bpe->special_ids().eos));
  CHECK(!bpe->is_end_of_generation(kNoToken));

  const auto gemma = loaded(small_gemma());
  CHECK(pieces(*gemma, gemma->end_of_generation()) == "[!<eos>][!<turn|>][<|tool_response>]");
}

// What ends a turn in a vocabulary of these tokens, where the file names `id` by the key.
std::string ends_of(const std::vector<std::pair<std::string_view, TokenKind>>& tokens,
                    std::string_view key = {}, std::uint32_t id = 0) {
  SmallVocabulary vocabulary;
  for (const auto& [text, kind] : tokens) vocabulary.add(text, kind);
  GgufWriter writer = vocabulary.writer();
  writer.put("tokenizer.ggml.model", "gpt2")
      .put_array("tokenizer.ggml.merges", std::vector<std::string>());
  if (!key.empty()) writer.put(format("tokenizer.ggml.{}", key), id);
  const auto tokenizer = loaded(writer.bytes());
  return pieces(*tokenizer, tokenizer->end_of_generation());
}

TEST_CASE("tokenizer: what ends a turn is known by its text, or named by the file") {
  constexpr TokenKind kControl = TokenKind::Control;
  constexpr TokenKind kNormal = TokenKind::Normal;
  CHECK(ends_of({{"<|end|>", kControl}, {"<|return|>", kControl}}) == "[!<|end|>][!<|return|>]");
  CHECK(ends_of({{"<|end|>", kControl}, {"<|return|>", kControl}, {"<|call|>", kControl}}) ==
        "[!<|return|>][!<|call|>]");
  CHECK(ends_of({{"a", kNormal}, {"</s>", kNormal}}) == "[!</s>]");
  CHECK(ends_of({{"<|im_end|>", TokenKind::UserDefined}}) == "[<|im_end|>]");
  CHECK(ends_of({{"[PAD]", kControl}, {"<|fim_pad|>", kControl}, {"<|file_sep|>", kControl}}) ==
        "[![PAD]][!<|file_sep|>]");
  CHECK(ends_of({{"x", kControl}, {"y", kControl}}, "eot_token_id", 1) == "[!y]");
  CHECK(ends_of({{"x", kControl}, {"[PAD]", kControl}}, "fim_pad_token_id", 0) == "[!x]");
  CHECK(ends_of({{"x", kControl}}, "eos_token_id", 0xFFFFFFFF) == "");
}

TEST_CASE("tokenizer: may be used from several threads") {
  const auto tokenizer = loaded(small_byte_level_bpe("qwen2"));
  std::string text;
  for (const std::string_view word : kSmallWords) text += std::string(word) + " ";
  const std::vector<TokenId> expected = tokenizer->encode(text, Specials::AsText);
  std::vector<std::jthread> threads;
  threads.reserve(4);
  std::array<bool, 4> same{};
  for (bool& result : same) {
    threads.emplace_back([&] {
      result = true;
      for (int i = 0; i < 50; ++i) {
        result = result && tokenizer->encode(text, Specials::AsText) == expected;
      }
    });
  }
  threads.clear();
  CHECK(same == std::array<bool, 4>{true, true, true, true});
}

}  // namespace
}  // namespace temper::engine
