// A template cut into tokens: text, the marks around tags, and what stands in them.
//
// Here white space is decided: {%- -%} strip, and blocks take the line break after them
// and the indentation before them with them (Jinja's trim_blocks and lstrip_blocks, as
// chat templates are written for).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/template/source.h"

namespace temper::engine::jinja {

enum class TokenKind {
  Data,
  PrintBegin,
  PrintEnd,
  BlockBegin,
  BlockEnd,
  Name,
  String,
  Integer,
  Float,
  Operator,
  End,
};

struct Token {
  TokenKind kind = TokenKind::End;
  Span span;
  std::string_view text;  // as in the source, which must outlive it
  std::string decoded;    // of a String: what its escapes mean
};

// The last token is an End. `source` must be normalised; see source.h.
Result<std::vector<Token>> tokenize(std::string_view source);

}  // namespace temper::engine::jinja
