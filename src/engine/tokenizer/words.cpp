#include "engine/tokenizer/words.h"

#include <algorithm>

namespace temper::engine {
namespace {

// The next mark from `at` on that does not follow another, or npos.
std::size_t find_border(std::string_view text, std::size_t at) {
  while (true) {
    at = text.find(kSpaceMark, at);
    if (at == text.npos) return at;
    if (!text.substr(0, at).ends_with(kSpaceMark)) return at;
    at += kSpaceMark.size();
  }
}

}  // namespace

std::string mark_spaces(std::string_view text) {
  const auto spaces = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
  std::string marked;
  marked.reserve(text.size() + spaces * (kSpaceMark.size() - 1));
  for (char byte : text) {
    if (byte == ' ') {
      marked += kSpaceMark;
    } else {
      marked.push_back(byte);
    }
  }
  return marked;
}

void WordBorders::add_product(std::string_view text) {
  std::size_t at = text.starts_with(kSpaceMark) ? kSpaceMark.size() : 0;
  for (at = find_border(text, at); at != text.npos;
       at = find_border(text, at + kSpaceMark.size())) {
    joined_.set(static_cast<unsigned char>(text[at - 1]));
  }
}

std::size_t WordBorders::word_length(std::string_view rest) const {
  std::size_t at = rest.starts_with(kSpaceMark) ? kSpaceMark.size() : 1;
  for (at = find_border(rest, at); at != rest.npos;
       at = find_border(rest, at + kSpaceMark.size())) {
    if (!joined_.test(static_cast<unsigned char>(rest[at - 1]))) return at;
  }
  return rest.size();
}

}  // namespace temper::engine
