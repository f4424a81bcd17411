// Tokens to text, one at a time, as a model says them.
//
// A token may end inside a character; no part of one is handed out. All that is handed
// out together is what Tokenizer::decode gives for all tokens, made valid UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "engine/tokenizer/tokenizer.h"

namespace temper::engine {

class StreamDecoder {
 public:
  enum class From {
    Beginning,  // the first token begins a text
    Middle,     // it goes on with one, such as a prompt: no space is taken off
  };

  // The tokenizer must outlive it.
  StreamDecoder(const Tokenizer& tokenizer, SpecialsShown shown, From from = From::Middle)
      : tokenizer_(&tokenizer), shown_(shown), at_start_(from == From::Beginning) {}

  // The text that is whole with this token, which must be valid: perhaps none. Bytes that
  // cannot become a character any more are U+FFFD.
  std::string add(TokenId token);

  // What is held has no end: U+FFFD, if anything is held. The next token begins anew.
  std::string finish();

  // The bytes of a character that has not ended yet, three at most.
  std::string_view held() const { return held_; }

 private:
  const Tokenizer* tokenizer_;
  SpecialsShown shown_;
  bool at_start_;
  std::string held_;
};

}  // namespace temper::engine
