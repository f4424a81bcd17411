#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/printable.h"
#include "base/verify.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/words.h"

namespace temper::engine {
namespace {

constexpr std::string_view kModel = "tokenizer.ggml.model";
constexpr std::string_view kByteLevel = "gpt2";
constexpr std::string_view kGemma = "gemma4";
constexpr std::string_view kSentencePiece = "llama";

Result<bool> flag_at(const GgufFile& file, std::string_view key, bool otherwise) {
  const std::optional<bool> flag = TRY(file.find_as<bool>(key));
  return flag.value_or(otherwise);
}

// The vocabularies of SentencePiece all begin with these three.
void fill_in_sentence_piece(SpecialIds& ids, std::size_t token_count) {
  if (token_count < 3) return;
  if (ids.unknown == kNoToken) ids.unknown = 0;
  if (ids.bos == kNoToken) ids.bos = 1;
  if (ids.eos == kNoToken) ids.eos = 2;
}

Error missing_end(const GgufFile& file, std::string_view flag, std::string_view id) {
  return Error{Code::Corrupt,
               format("{}: tokenizer.ggml.{} is true, but tokenizer.ggml.{} is missing; the file "
                      "was converted wrongly, get another one",
                      file.name(), flag, id)};
}

// The bytes of a token in a vocabulary of that model.
std::string piece_of(std::string_view model, std::string_view text, TokenKind kind) {
  switch (kind) {
    case TokenKind::Unknown:
    case TokenKind::Control:
    case TokenKind::UserDefined: return std::string(text);
    case TokenKind::Undefined:
    case TokenKind::Unused: return "";
    case TokenKind::Byte:
      if (const auto byte = byte_of_token_text(text)) {
        return std::string(1, static_cast<char>(*byte));
      }
      return std::string(text);
    case TokenKind::Normal: break;
  }
  return model == kByteLevel ? decode_byte_alphabet(text) : unmark_spaces(text);
}

// Trusted ranges of the segments as one text; neighbours become one range.
std::vector<TextRange> trusted_ranges(std::span<const Segment> segments) {
  std::vector<TextRange> ranges;
  std::size_t at = 0;
  for (const Segment& segment : segments) {
    const std::size_t end = at + segment.text.size();
    if (segment.trust == Trust::Trusted && end > at) {
      if (!ranges.empty() && ranges.back().end == at) {
        ranges.back().end = end;
      } else {
        ranges.push_back({at, end});
      }
    }
    at = end;
  }
  return ranges;
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> Tokenizer::load(const GgufFile& file) {
  Vocabulary vocabulary = TRY(Vocabulary::load(file));
  auto tokenizer = std::unique_ptr<Tokenizer>(new Tokenizer(std::move(vocabulary)));
  TRY(tokenizer->finish_load(file));
  return tokenizer;
}

Result<void> Tokenizer::finish_load(const GgufFile& file) {
  const auto model = TRY(file.at<std::string_view>(kModel));
  ids_ = TRY(load_special_ids(file, vocabulary_));
  if (model == kSentencePiece) fill_in_sentence_piece(ids_, size());
  end_of_generation_ = TRY(load_end_of_generation(file, ids_.eos, vocabulary_));
  suppressed_ = TRY(load_suppressed(file, vocabulary_));

  bool adds_bos = false;  // where the file does not say
  if (model == kSentencePiece) {
    adds_bos = true;
    adds_space_ = TRY(flag_at(file, "tokenizer.ggml.add_space_prefix", true));
    encoder_ = TRY(make_sentence_piece(file, vocabulary_, adds_space_, ids_.unknown));
  } else if (model == kGemma) {
    encoder_ = TRY(make_gemma_bpe(file, vocabulary_));
  } else if (model == kByteLevel) {
    const auto name = TRY(file.find_as<std::string_view>("tokenizer.ggml.pre"));
    Result<PreTokenizer> pre = find_pre_tokenizer(name.value_or("default"));
    if (!pre) return in_context(file.name(), std::move(pre).error());
    adds_bos = pre->adds_bos;
    encoder_ = TRY(make_byte_level_bpe(file, vocabulary_, *pre));
  } else {
    return Error{Code::Unsupported,
                 format("{}: its tokenizer is a \"{}\" ({}), which is not among those known here: "
                        "{}, {}, {}",
                        file.name(), printable(model, LineBreaks::Escape), kModel, kByteLevel,
                        kGemma, kSentencePiece)};
  }

  adds_bos_ = TRY(flag_at(file, "tokenizer.ggml.add_bos_token", adds_bos));
  adds_eos_ = TRY(flag_at(file, "tokenizer.ggml.add_eos_token", false));
  if (adds_bos_ && ids_.bos == kNoToken) return missing_end(file, "add_bos_token", "bos_token_id");
  if (adds_eos_ && ids_.eos == kNoToken) return missing_end(file, "add_eos_token", "eos_token_id");
  make_pieces(model);
  splitter_.emplace(vocabulary_);
  return {};
}

void Tokenizer::make_pieces(std::string_view model) {
  piece_ends_.reserve(size() + 1);
  piece_ends_.push_back(0);
  for (std::size_t i = 0; i < size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    pieces_ += piece_of(model, vocabulary_.text(id), vocabulary_.kind(id));
    piece_ends_.push_back(pieces_.size());
  }
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, Specials specials, Ends ends) const {
  const TextRange all{0, text.size()};
  return encode_trusting(text, std::span(&all, specials == Specials::Parsed ? 1 : 0), ends);
}

std::vector<TokenId> Tokenizer::encode(std::span<const Segment> segments, Ends ends) const {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  return encode_trusting(text, trusted_ranges(segments), ends);
}

std::vector<TokenId> Tokenizer::encode_trusting(std::string_view text,
                                                std::span<const TextRange> trusted,
                                                Ends ends) const {
  VERIFY(text.size() <= kMaxTextBytes, "who reads a text to encode has a limit");
  std::vector<TokenId> tokens;
  const bool adds_bos = ends != Ends::None && adds_bos_;
  if (adds_bos) tokens.push_back(ids_.bos);
  bool follows_token = true;
  for (const Fragment& fragment : splitter_->split(text, trusted)) {
    if (fragment.token != kNoToken) {
      tokens.push_back(fragment.token);
    } else {
      const std::size_t bytes = fragment.range.end - fragment.range.begin;
      encoder_->encode(text.substr(fragment.range.begin, bytes), follows_token, tokens);
    }
    follows_token = fragment.token != kNoToken;
  }
  if (ends == Ends::AddedOnce && adds_bos && tokens.size() > 1 && tokens[1] == ids_.bos) {
    tokens.erase(tokens.begin());
  }
  const bool has_eos = ends == Ends::AddedOnce && !tokens.empty() && tokens.back() == ids_.eos;
  if (ends != Ends::None && adds_eos_ && !has_eos) tokens.push_back(ids_.eos);
  return tokens;
}

std::string_view Tokenizer::shown(TokenId id, SpecialsShown specials, bool begins_text) const {
  VERIFY(is_valid(id), "a token that is shown is of the vocabulary");
  if (specials == SpecialsShown::No && is_hidden(id)) return {};
  std::string_view bytes = piece(id);
  if (begins_text && adds_space_ && bytes.starts_with(' ')) bytes.remove_prefix(1);
  return bytes;
}

std::string Tokenizer::decode(std::span<const TokenId> tokens, SpecialsShown specials) const {
  std::string text;
  bool begins = true;
  for (TokenId id : tokens) text += shown(id, specials, std::exchange(begins, false));
  return text;
}

bool Tokenizer::is_end_of_generation(TokenId id) const {
  return std::binary_search(end_of_generation_.begin(), end_of_generation_.end(), id);
}

}  // namespace temper::engine
