// Text that knows which of its bytes were written by whom: trusted ones stand in the
// template itself (or come with the tokenizer, as <s> does), all others come from the
// conversation. A control token that a user typed stays words because of this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace temper::engine::jinja {

enum class Trust : std::uint8_t { Untrusted, Trusted };

constexpr Trust opposite(Trust trust) {
  return trust == Trust::Trusted ? Trust::Untrusted : Trust::Trusted;
}

// A place in the text is a number of bytes. Equality is of the bytes alone: trust
// changes no decision of a template.
class MarkedText {
 public:
  MarkedText() = default;
  MarkedText(std::string bytes, Trust trust) : bytes_(std::move(bytes)), first_(trust) {}

  std::string_view bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  bool all_trusted() const { return borders_.empty() && (empty() || first_ == Trust::Trusted); }

  void append(std::string_view piece, Trust trust);
  void append(const MarkedText& text) { append(text, 0, text.size()); }
  void append(const MarkedText& text, std::size_t begin, std::size_t end);

  MarkedText slice(std::size_t begin, std::size_t end) const;
  // Takes away all from `begin` on, and returns it.
  MarkedText cut_off(std::size_t begin);

  // Calls take(piece, trust) for each longest piece of one trust, in order.
  template <typename Take>
  void for_each_run(const Take& take) const {
    visit_runs(0, size(), take);
  }

  // About how much memory it holds besides itself.
  std::size_t memory_bytes() const {
    return bytes_.capacity() + borders_.capacity() * sizeof(std::size_t);
  }

 private:
  template <typename Take>
  void visit_runs(std::size_t begin, std::size_t end, const Take& take) const {
    std::size_t run = run_at(begin);
    while (begin < end) {
      const std::size_t run_end =
          run < borders_.size() && borders_[run] < end ? borders_[run] : end;
      take(std::string_view(bytes_).substr(begin, run_end - begin), trust_of_run(run));
      begin = run_end;
      ++run;
    }
  }
  // Which run the byte at `place` belongs to.
  std::size_t run_at(std::size_t place) const;
  Trust trust_of_run(std::size_t run) const { return run % 2 == 0 ? first_ : opposite(first_); }

  std::string bytes_;
  Trust first_ = Trust::Untrusted;
  // Where the trust changes, ascending: most texts are of one kind and have none.
  std::vector<std::size_t> borders_;
};

}  // namespace temper::engine::jinja
