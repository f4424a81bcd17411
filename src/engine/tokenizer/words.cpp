#include "engine/tokenizer/words.h"

#include <algorithm>

#include "base/utf8.h"

namespace temper::engine {

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

std::string unmark_spaces(std::string_view text) {
  std::string plain;
  for (std::size_t mark = text.find(kSpaceMark); mark != text.npos; mark = text.find(kSpaceMark)) {
    plain.append(text.substr(0, mark)).push_back(' ');
    text.remove_prefix(mark + kSpaceMark.size());
  }
  return plain.append(text);
}

WordBorders::Neighbour WordBorders::neighbour_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {byte, 1};
  const std::string_view rest = text.substr(at);
  if (rest.starts_with(kSpaceMark)) return {kMark, kSpaceMark.size()};
  return {kOther, first_code_point(rest).bytes};
}

void WordBorders::add_product(std::string_view text) {
  if (text.empty()) return;
  Neighbour left = neighbour_at(text, 0);
  for (std::size_t at = left.bytes; at < text.size(); at += left.bytes) {
    const Neighbour right = neighbour_at(text, at);
    joined_.set(left.kind * kKinds + right.kind);
    left = right;
  }
}

std::size_t WordBorders::word_length(std::string_view rest) const {
  Neighbour left = neighbour_at(rest, 0);
  std::size_t at = left.bytes;
  while (at < rest.size()) {
    const Neighbour right = neighbour_at(rest, at);
    if (!joined_.test(left.kind * kKinds + right.kind)) break;
    at += right.bytes;
    left = right;
  }
  return at;
}

}  // namespace temper::engine
