// parse_json over nlohmann/json's SAX parser.
//
// The library reads tokens and checks the grammar; it does not recurse. Our handler
// builds the value, keeps the limits and refuses what the library would let pass:
// duplicate keys, integers beyond 64 bits (it would round them to doubles), and a NUL
// byte (it would take it for the end of the text). The library tells nobody where a
// value stands, so the text is handed to it through an iterator that is watched.
// Where it finds an error, its exception is never thrown but read for the cause, and
// the sentence is ours.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "base/ascii.h"
#include "base/format.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Reads a text, and tells how far.
class WatchedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  WatchedIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}

  const char& operator*() const { return *at_; }
  WatchedIterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  bool operator==(const WatchedIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

// "line 3, column 14": both from 1, columns in code points.
std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  std::size_t column = 1;
  for (std::string_view rest = before.substr(line_start); !rest.empty(); ++column) {
    rest.remove_prefix(first_code_point(rest).bytes);
  }
  if (line_start == 0 && column > 1 && text.starts_with(kByteOrderMark)) --column;
  return format("line {}, column {}", 1 + std::count(before.begin(), before.end(), '\n'), column);
}

bool is_word(char byte) {
  return is_alnum(byte) || byte == '_' || byte == '-' || byte == '+' || byte == '.';
}

// What stands at `offset`, as it is shown in a message.
std::string shown_at(std::string_view text, std::size_t offset) {
  const std::string_view rest = text.substr(offset);
  std::size_t end = 0;
  if (rest.starts_with('"')) {
    end = std::min(rest.find('"', 1), rest.size() - 1) + 1;
  } else {
    while (end < rest.size() && is_word(rest[end])) ++end;
    if (end == 0) end = first_code_point(rest).bytes;
  }
  const std::string shown = truncate_width(
      printable(rest.substr(0, std::min<std::size_t>(end, 200)), LineBreaks::Escape), 24);
  return rest.starts_with('"') ? shown : "\"" + shown + "\"";
}

struct Cause {
  std::string_view theirs;  // a part of the library's message
  std::string_view ours;
};

// Errors within a token.
constexpr Cause kTokenCauses[] = {
    {"missing closing quote", "the string has no closing quote"},
    {"control character", "a control character in a string must be written as an escape"},
    {"character after backslash", "a backslash may stand before one of \" \\ / b f n r t u only"},
    {"4 hex digits", "\\u must be followed by four hexadecimal digits"},
    {"surrogate", "\\u escapes of surrogates must come in pairs, the high one first"},
    {"ill-formed UTF-8", "the string is not valid UTF-8"},
    {"invalid number", "a digit was expected"},
};

// What was expected, by what was being read. The longer names come first.
constexpr Cause kExpectations[] = {
    {"object key", "a key in quotes"},
    {"object separator", "a colon"},
    {"object", "a comma or }"},
    {"array", "a comma or ]"},
};

std::optional<std::string_view> find_cause(std::span<const Cause> causes, std::string_view theirs) {
  for (const Cause& cause : causes) {
    if (theirs.find(cause.theirs) != theirs.npos) return cause.ours;
  }
  return std::nullopt;
}

// The index of the second of two equal keys, if there are any.
std::optional<std::size_t> find_duplicate(const Json::Object& object) {
  constexpr std::size_t kFew = 12;  // compared pair by pair, which spares the sorting
  if (object.size() <= kFew) {
    for (std::size_t second = 1; second < object.size(); ++second) {
      for (std::size_t first = 0; first < second; ++first) {
        if (object[first].first == object[second].first) return second;
      }
    }
    return std::nullopt;
  }
  std::vector<std::size_t> order(object.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = object[a].first.compare(object[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  const auto pair = std::adjacent_find(
      order.begin(), order.end(),
      [&](std::size_t a, std::size_t b) { return object[a].first == object[b].first; });
  if (pair == order.end()) return std::nullopt;
  return *std::next(pair);
}

// Gets the library's events. Every function returns false to end the parsing, with
// error_ set.
class Builder {
 public:
  Builder(std::string_view text, const JsonLimits& limits)
      : text_(text), limits_(limits), last_end_(text.starts_with(kByteOrderMark) ? 3 : 0) {}

  const char** reached() { return &reached_; }
  Result<Json> take() {
    if (error_) return *std::move(error_);
    return std::move(root_);
  }

  bool null() { return add(Json(), offset()) != nullptr; }
  bool boolean(bool value) { return add(Json(value), offset()) != nullptr; }
  bool number_integer(std::int64_t value) { return add(Json(value), integer_end()) != nullptr; }
  bool number_unsigned(std::uint64_t value) { return add(Json(value), integer_end()) != nullptr; }
  bool number_float(double value, const std::string& literal) {
    // An integer comes here when it fits no 64 bits.
    if (literal.find_first_not_of("-0123456789") == literal.npos) {
      return fail(next_start(), "the integer is beyond 64 bits");
    }
    return add(Json(value), next_start() + literal.size()) != nullptr;
  }
  bool string(std::string& value) { return add(Json(std::move(value)), offset()) != nullptr; }
  bool binary(nlohmann::json::binary_t&) { return false; }

  bool start_array(std::size_t) { return open(Json(Json::Array())); }
  bool start_object(std::size_t) { return open(Json(Json::Object())); }
  bool key(std::string& name) {
    open_.back().json->members()->emplace_back(std::move(name), Json());
    open_.back().key_starts.push_back(next_start());
    last_end_ = offset();
    return true;
  }
  bool end_array() { return close(); }
  bool end_object() {
    const Json::Object& object = *open_.back().json->members();
    if (const std::optional<std::size_t> second = find_duplicate(object)) {
      const std::size_t start = open_.back().key_starts[*second];
      return fail(start, format("the key {} stands twice in one object", shown_at(text_, start)));
    }
    return close();
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& exception);

 private:
  struct Open {
    Json* json;  // an array or object whose end has not come; nothing is added beside it
    std::vector<std::size_t> key_starts;
  };

  std::size_t token_start(std::size_t position, const std::string& token,
                          std::string_view message) const;

  std::size_t offset() const {
    return reached_ == nullptr ? 0 : static_cast<std::size_t>(reached_ - text_.data());
  }
  // Where the token after the last one begins, while it is correct so far.
  std::size_t next_start() const { return text_.find_first_not_of(" \t\r\n,:", last_end_); }
  // To know where a number ends the library reads one character more, if there is one.
  std::size_t integer_end() const {
    const std::size_t digits = next_start() + (text_[next_start()] == '-' ? 1 : 0);
    if (text_[digits] == '0') return digits + 1;
    return std::min(text_.find_first_not_of("0123456789", digits), text_.size());
  }

  bool fail(std::size_t at, std::string_view message, Code code = Code::Invalid) {
    error_ = Error{code, format("{}: {}", place_of(text_, at), message)};
    return false;
  }

  // Puts a value that ends at `end` where it belongs; null when it is one too many.
  Json* add(Json value, std::size_t end) {
    last_end_ = end;
    if (++values_ > limits_.max_values) {
      fail(last_end_, format("there are more than {} values", limits_.max_values), Code::Limit);
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back().json;
    if (Json::Array* items = parent.items()) return &items->emplace_back(std::move(value));
    Json& member = parent.members()->back().second;
    member = std::move(value);
    return &member;
  }

  bool open(Json value) {
    if (open_.size() == limits_.max_depth) {
      return fail(offset() - 1,
                  format("arrays and objects are nested more than {} deep", limits_.max_depth),
                  Code::Limit);
    }
    Json* added = add(std::move(value), offset());
    if (added != nullptr) open_.push_back({added, {}});
    return added != nullptr;
  }

  bool close() {
    open_.pop_back();
    last_end_ = offset();
    return true;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  const char* reached_ = nullptr;
  std::size_t last_end_;  // of the last token that was neither a comma nor a colon
  std::size_t values_ = 0;
  std::vector<Open> open_;
  Json root_;
  std::optional<Error> error_;
};

// Where the token that could not be used begins, `position` being where the library
// stopped: behind the token, or behind the first character that cannot belong to it.
// `token` is its text only for strings and numbers; else older text precedes it there.
std::size_t Builder::token_start(std::size_t position, const std::string& token,
                                 std::string_view message) const {
  const std::size_t end = std::min(position, text_.size());
  const bool at_end_of_text = position > text_.size();
  if (message.find("invalid BOM") != message.npos) return 0;
  const bool in_literal = message.find("invalid literal") != message.npos;
  const bool whole_string = !at_end_of_text && !in_literal && end > 0 && text_[end - 1] == '"';
  if (whole_string || message.find("invalid string") != message.npos) {
    return end - std::min(end, token.size());
  }
  if (at_end_of_text && !in_literal) return end;
  // A word, then.
  const std::size_t last = end - 1;
  const std::size_t from = std::min(last_end_, last);
  std::size_t start = in_literal && !at_end_of_text && !is_word(text_[last]) ? last : end;
  while (start > from && is_word(text_[start - 1])) --start;
  return std::min(start, last);
}

bool Builder::parse_error(std::size_t position, const std::string& token,
                          const nlohmann::json::exception& exception) {
  // Behind "last read" the message quotes the text.
  const std::string_view whole = exception.what();
  const std::string_view message = whole.substr(0, whole.find("; last read"));
  const std::size_t start = token_start(position, token, message);
  if (exception.id == 406) return fail(start, "the number is beyond the range of a double");
  if (const auto cause = find_cause(kTokenCauses, message)) {
    const bool unclosed = message.find("closing quote") != message.npos;
    return fail(unclosed ? start : std::min(position - 1, text_.size()), *cause);
  }
  std::string_view expected = "a value";
  if (open_.empty() && values_ > 0) {
    expected = "the end of the text";
  } else if (const auto cause = find_cause(kExpectations, message)) {
    expected = *cause;
  }
  if (start == text_.size()) {
    return fail(start, format("{} was expected, but the text ends", expected));
  }
  return fail(start, format("{} was expected, not {}", expected, shown_at(text_, start)));
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error{Code::Limit, format("the JSON text has {}, more than the {} that are read",
                                     format_bytes(text.size()), format_bytes(limits.max_bytes))};
  }
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    return Error{Code::Invalid, place_of(text, nul) + ": there is a NUL byte in the text"};
  }
  Builder builder(text, limits);
  const char* begin = text.data();
  nlohmann::json::sax_parse(WatchedIterator(begin, builder.reached()),
                            WatchedIterator(begin + text.size(), builder.reached()), &builder);
  return builder.take();
}

}  // namespace temper
