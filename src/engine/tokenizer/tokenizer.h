// Text to tokens and back, as the model of a file was trained to read it.
//
// What a token's text means to a model ("<|im_end|>" ends a turn) is decided by where the
// text comes from, never by what it says: text is only text unless the caller vouches for
// it. How conversations become text is not known here.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/file.h"
#include "engine/gguf/token_id.h"
#include "engine/tokenizer/fragment_encoder.h"
#include "engine/tokenizer/special_ids.h"
#include "engine/tokenizer/special_splitter.h"
#include "engine/tokenizer/vocabulary.h"

namespace temper::engine {

// What becomes of the texts of control tokens.
enum class Specials {
  AsText,  // they are text like any other
  Parsed,  // they are control tokens: for text that nobody but us has written
};

// What stands around a text.
enum class Ends {
  None,
  Added,      // BOS before and EOS after, where the model wants them
  AddedOnce,  // the same, but no second one where the text already has it
};

enum class Trust {
  Untrusted,  // what a user, a file or a tool has said: text, whatever is in it
  Trusted,    // what a template has written: control tokens are control tokens
};

// Part of a text, by where it comes from.
struct Segment {
  std::string_view text;
  Trust trust = Trust::Untrusted;
};

enum class SpecialsShown { No, Yes };

// May be used from several threads.
class Tokenizer {
 public:
  // Reads the keys tokenizer.ggml.*, and copies what it needs. Refuses models and ways to
  // split that are not known here, and lists and ids that do not fit each other.
  static Result<std::unique_ptr<Tokenizer>> load(const GgufFile& file);

  // Texts of at most so many bytes, segments together; who reads one has a limit too.
  static constexpr std::size_t kMaxTextBytes = std::size_t{1} << 30;

  // User-defined tokens, which are no control tokens, are found in either case. Invalid
  // UTF-8 is kept byte for byte, where the vocabulary has tokens for all bytes.
  std::vector<TokenId> encode(std::string_view text, Specials specials,
                              Ends ends = Ends::None) const;
  // The segments are one text: nothing is cut between them, but that a control token is
  // found only where all of its text is trusted.
  std::vector<TokenId> encode(std::span<const Segment> segments, Ends ends = Ends::None) const;

  // The bytes that the tokens stand for. Not always UTF-8: a model may say anything. A
  // space that encode() puts before a text is taken off. The ids must be valid.
  std::string decode(std::span<const TokenId> tokens, SpecialsShown specials) const;
  // The part of it that one token is.
  std::string_view shown(TokenId id, SpecialsShown specials, bool begins_text) const;

  std::size_t size() const { return vocabulary_.size(); }
  bool is_valid(TokenId id) const { return id >= 0 && static_cast<std::size_t>(id) < size(); }

  // For a valid id, here and below. The bytes that it stands for, which may be part of a
  // character; empty for tokens that are not used.
  std::string_view piece(TokenId id) const {
    const auto at = static_cast<std::size_t>(id);
    return std::string_view(pieces_).substr(piece_ends_[at], piece_ends_[at + 1] - piece_ends_[at]);
  }
  TokenKind kind(TokenId id) const { return vocabulary_.kind(id); }
  // Does decode() show it only where specials are shown?
  bool is_hidden(TokenId id) const {
    return kind(id) == TokenKind::Control || kind(id) == TokenKind::Unknown;
  }
  // Does a model that says this have no more to say?
  bool is_end_of_generation(TokenId id) const;
  // All of those, sorted.
  const std::vector<TokenId>& end_of_generation() const { return end_of_generation_; }
  // Never to be sampled, says the file.
  const std::vector<TokenId>& suppressed() const { return suppressed_; }

  // kNoToken where the file names none.
  const SpecialIds& special_ids() const { return ids_; }
  bool adds_bos() const { return adds_bos_; }
  bool adds_eos() const { return adds_eos_; }
  // Does encode() put a space before a text that begins, and decode() take it off?
  bool adds_space() const { return adds_space_; }

 private:
  explicit Tokenizer(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

  // What remains of load() once the vocabulary is where it stays.
  Result<void> finish_load(const GgufFile& file);
  void make_pieces(std::string_view model);
  std::vector<TokenId> encode_trusting(std::string_view text, std::span<const TextRange> trusted,
                                       Ends ends) const;

  Vocabulary vocabulary_;
  SpecialIds ids_;
  std::vector<TokenId> end_of_generation_;
  std::vector<TokenId> suppressed_;
  bool adds_bos_ = false;
  bool adds_eos_ = false;
  bool adds_space_ = false;
  std::string pieces_;                   // all of them, one after the other
  std::vector<std::size_t> piece_ends_;  // [size() + 1], where each begins in pieces_
  std::optional<SpecialSplitter> splitter_;
  std::unique_ptr<FragmentEncoder> encoder_;
};

}  // namespace temper::engine
