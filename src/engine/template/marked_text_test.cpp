#include "engine/template/marked_text.h"

#include <doctest/doctest.h>

namespace temper::engine::jinja {
namespace {

// Trusted pieces in <>, others in (): "<a>(b)".
std::string shown(const MarkedText& text) {
  std::string shown;
  text.for_each_run([&](std::string_view piece, Trust trust) {
    shown += trust == Trust::Trusted ? "<" : "(";
    shown += piece;
    shown += trust == Trust::Trusted ? ">" : ")";
  });
  return shown;
}

MarkedText text_of(std::initializer_list<std::pair<const char*, Trust>> pieces) {
  MarkedText text;
  for (const auto& [piece, trust] : pieces) text.append(piece, trust);
  return text;
}

const MarkedText kText = text_of({{"ab", Trust::Trusted},
                                  {"c", Trust::Trusted},
                                  {"", Trust::Untrusted},
                                  {"de", Trust::Untrusted},
                                  {"f", Trust::Trusted}});

TEST_CASE("marked text: neighbours of one trust are one run") {
  CHECK(shown(kText) == "<abc>(de)<f>");
  CHECK(kText.bytes() == "abcdef");
  CHECK(shown(MarkedText()).empty());
  CHECK(shown(MarkedText("", Trust::Trusted)).empty());
}

TEST_CASE("marked text: every slice keeps the trust of each byte") {
  const std::string_view trusts = "TTTUUT";
  for (std::size_t begin = 0; begin <= 6; ++begin) {
    for (std::size_t end = begin; end <= 6; ++end) {
      std::string kept;
      kText.slice(begin, end).for_each_run([&](std::string_view piece, Trust trust) {
        kept.append(piece.size(), trust == Trust::Trusted ? 'T' : 'U');
      });
      CHECK(kept == trusts.substr(begin, end - begin));
    }
  }
}

TEST_CASE("marked text: what is cut off and appended again is as before") {
  for (std::size_t begin = 0; begin <= kText.size(); ++begin) {
    MarkedText head = kText;
    const MarkedText tail = head.cut_off(begin);
    CHECK(shown(head) == shown(kText.slice(0, begin)));
    head.append(tail);
    CHECK(shown(head) == shown(kText));
  }
}

TEST_CASE("marked text: is wholly trusted where no byte is foreign") {
  CHECK(MarkedText().all_trusted());
  CHECK(kText.slice(0, 3).all_trusted());
  CHECK(!kText.all_trusted());
  CHECK(!kText.slice(3, 4).all_trusted());
  CHECK(kText.slice(4, 4).all_trusted());
}

}  // namespace
}  // namespace temper::engine::jinja
