#include "engine/template/marked_text.h"

#include <algorithm>

namespace temper::engine::jinja {

std::size_t MarkedText::run_at(std::size_t place) const {
  return static_cast<std::size_t>(std::upper_bound(borders_.begin(), borders_.end(), place) -
                                  borders_.begin());
}

void MarkedText::append(std::string_view piece, Trust trust) {
  if (piece.empty()) return;
  if (bytes_.empty()) {
    first_ = trust;
  } else if (trust_of_run(borders_.size()) != trust) {
    borders_.push_back(bytes_.size());
  }
  bytes_.append(piece);
}

void MarkedText::append(const MarkedText& text, std::size_t begin, std::size_t end) {
  text.visit_runs(begin, end,
                  [this](std::string_view piece, Trust trust) { append(piece, trust); });
}

MarkedText MarkedText::slice(std::size_t begin, std::size_t end) const {
  MarkedText part;
  part.append(*this, begin, end);
  return part;
}

MarkedText MarkedText::cut_off(std::size_t begin) {
  MarkedText tail = slice(begin, size());
  bytes_.resize(begin);
  while (!borders_.empty() && borders_.back() >= begin) borders_.pop_back();
  return tail;
}

}  // namespace temper::engine::jinja
