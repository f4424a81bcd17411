#include "engine/dialect/transcoder.h"

#include <utility>

#include "base/ascii.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/dialect/output.h"

namespace temper::engine {
namespace {

constexpr std::size_t kMaxWordBytes = 1024;

bool is_hex(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
         (byte >= 'A' && byte <= 'F');
}

bool is_word_byte(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte == '+' || byte == '-' || byte == '.' || byte == '_';
}

// The JSON of a word that stands for itself; empty where there is none.
std::string literal(std::string_view word) {
  if (word == "true" || word == "True") return "true";
  if (word == "false" || word == "False") return "false";
  if (word == "null" || word == "None") return "null";
  if (word.empty() || !is_word_byte(word.front())) return {};
  const Result<Json> number = parse_json(word);
  // Integers beyond 2^53 are numbers too, though no double equals them.
  const bool is_number =
      number && (number->as_number() || number->as_integer() || number->as_unsigned());
  return is_number ? std::string(word) : std::string{};
}

}  // namespace

JsonTranscoder::State JsonTranscoder::feed(char byte, std::string& json) {
  if (place_ == Place::Text) return escape_.empty() ? in_text(byte, json) : in_escape(byte, json);
  if (place_ == Place::Word) return in_word(byte, json);
  return step(byte, json);
}

JsonTranscoder::State JsonTranscoder::feed_quote(std::string& json) {
  if (place_ == Place::Text) {
    if (quote_ == Quote::Marker) return end_text(json);
    for (const char byte : std::string_view("<|\"|>")) {
      // Inside "..." its own quote would end the text.
      if (byte == '"') {
        json += "\\\"";
      } else if (feed(byte, json) == State::Bad) {
        return State::Bad;
      }
    }
    return State::More;
  }
  if (place_ == Place::Word) return bad("a quote stands in the middle of a word");
  if (place_ == Place::FirstKey || place_ == Place::Key || place_ == Place::Value ||
      place_ == Place::FirstItem) {
    return begin_text(Quote::Marker, json);
  }
  return bad("a text was not expected");
}

// Between texts and words.
JsonTranscoder::State JsonTranscoder::step(char byte, std::string& json) {
  if (is_json_space(byte)) {
    if (place_ == Place::Top) return State::More;
    (separator_.empty() ? json : separator_) += byte;
    return State::More;
  }
  switch (place_) {
    case Place::Top:
      return byte == '{' || byte == '[' ? open(byte, json) : bad("it does not begin with { or [");
    case Place::FirstKey:
    case Place::Key: return expect_key(byte, json);
    case Place::Colon:
      if (byte != ':') return bad(format("a colon was expected after a key, not {}", byte));
      json += byte;
      place_ = Place::Value;
      return State::More;
    case Place::FirstItem:
    case Place::Value: return expect_value(byte, json);
    case Place::After: return after_value(byte, json);
    case Place::Text:
    case Place::Word:
    case Place::End: break;
  }
  return bad("nothing was expected any more");
}

JsonTranscoder::State JsonTranscoder::expect_key(char byte, std::string& json) {
  if (byte == '}') return close(byte, json);
  if (byte == '"') return begin_text(Quote::Double, json);
  if (spelling_ == ObjectSpelling::Gemma) {
    if (byte == '\'') return begin_text(Quote::Single, json);
    if (byte != ',' && byte != ':' && byte != '{' && byte != '[' && byte != ']') {
      give_separator(json);
      place_ = Place::Word;
      text_is_key_ = true;
      word_ = byte;
      return State::More;
    }
  }
  return bad("a key in quotes was expected");
}

JsonTranscoder::State JsonTranscoder::expect_value(char byte, std::string& json) {
  if (byte == '{' || byte == '[') return open(byte, json);
  if (byte == ']' && open_.back() == '[') return close(byte, json);
  if (byte == '"') return begin_text(Quote::Double, json);
  const bool gemma = spelling_ == ObjectSpelling::Gemma;
  if (gemma && byte == '\'') return begin_text(Quote::Single, json);
  if (is_word_byte(byte) || (gemma && byte != ',' && byte != ':' && byte != '}' && byte != ']')) {
    give_separator(json);
    place_ = Place::Word;
    text_is_key_ = false;
    word_ = byte;
    return State::More;
  }
  return bad("a value was expected");
}

JsonTranscoder::State JsonTranscoder::after_value(char byte, std::string& json) {
  if (byte == ',') {
    separator_ = ",";
    place_ = open_.back() == '{' ? Place::Key : Place::Value;
    return State::More;
  }
  if (byte == '}' || byte == ']') return close(byte, json);
  return bad("a comma or the end was expected after a value");
}

JsonTranscoder::State JsonTranscoder::open(char byte, std::string& json) {
  if (open_.size() == kMaxDepth) return bad(format("it nests more than {} levels deep", kMaxDepth));
  give_separator(json);
  json += byte;
  open_.push_back(byte);
  place_ = byte == '{' ? Place::FirstKey : Place::FirstItem;
  return State::More;
}

JsonTranscoder::State JsonTranscoder::close(char byte, std::string& json) {
  if ((byte == '}') != (open_.back() == '{')) return bad("a bracket is closed by the other kind");
  // A comma before the end is left out; its white space is not.
  if (!separator_.empty()) json += std::exchange(separator_, {}).substr(1);
  json += byte;
  open_.pop_back();
  place_ = open_.empty() ? Place::End : Place::After;
  return open_.empty() ? State::Done : State::More;
}

JsonTranscoder::State JsonTranscoder::begin_text(Quote quote, std::string& json) {
  give_separator(json);
  text_is_key_ = place_ == Place::FirstKey || place_ == Place::Key;
  quote_ = quote;
  place_ = Place::Text;
  json += '"';
  return State::More;
}

JsonTranscoder::State JsonTranscoder::end_text(std::string& json) {
  if (!escape_.empty()) append_json_escaped(json, std::exchange(escape_, {}));
  json += '"';
  place_ = text_is_key_ ? Place::Colon : Place::After;
  return State::More;
}

JsonTranscoder::State JsonTranscoder::in_text(char byte, std::string& json) {
  if (quote_ != Quote::Marker) {
    if (byte == (quote_ == Quote::Double ? '"' : '\'')) return end_text(json);
    if (byte == '\\') {
      escape_ = byte;
      return State::More;
    }
  }
  append_json_escaped(json, std::string_view(&byte, 1));
  return State::More;
}

JsonTranscoder::State JsonTranscoder::in_escape(char byte, std::string& json) {
  if (escape_.size() == 1) {
    if (std::string_view("\"\\/bfnrt").find(byte) != std::string_view::npos) {
      json += escape_ + byte;
      escape_.clear();
      return State::More;
    }
    if (byte == '\'') {
      json += byte;
      escape_.clear();
      return State::More;
    }
    if (byte == 'u') {
      escape_ += byte;
      return State::More;
    }
  } else if (is_hex(byte)) {
    escape_ += byte;
    if (escape_.size() == 6) json += std::exchange(escape_, {});
    return State::More;
  }
  // No escape that JSON knows: the model meant the backslash, as in a pattern.
  append_json_escaped(json, std::exchange(escape_, {}));
  return in_text(byte, json);
}

JsonTranscoder::State JsonTranscoder::in_word(char byte, std::string& json) {
  const bool gemma = spelling_ == ObjectSpelling::Gemma;
  const bool ends =
      text_is_key_ ? byte == ':'
                   : byte == ',' || byte == '}' || byte == ']' || (is_json_space(byte) && !gemma);
  if (!ends) {
    if (!gemma && !is_word_byte(byte)) {
      word_ += byte;
    } else if (word_.size() < kMaxWordBytes) {
      word_ += byte;
      return State::More;
    }
    return bad("neither a text in quotes, nor a number, nor a word of JSON: " + word_);
  }
  const std::string word(trim(std::exchange(word_, {})));
  const std::string as_literal = text_is_key_ ? std::string{} : literal(word);
  if (!as_literal.empty()) {
    json += as_literal;
  } else if (gemma) {
    json += '"';
    append_json_escaped(json, word);
    json += '"';
  } else {
    return bad("neither a number nor a word of JSON: " + word);
  }
  place_ = text_is_key_ ? Place::Colon : Place::After;
  return step(byte, json);
}

JsonTranscoder::State JsonTranscoder::bad(std::string why) {
  why_ = std::move(why);
  place_ = Place::End;
  return State::Bad;
}

void JsonTranscoder::give_separator(std::string& json) { json += std::exchange(separator_, {}); }

}  // namespace temper::engine
