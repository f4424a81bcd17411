// A trie finds the longest token at each place. Where none of those overlap, that is all.
// Where they do, they are gone through in the order above; one that finds its end taken
// comes again, later, as the next shorter token at its place.
#include "engine/tokenizer/special_splitter.h"

#include <algorithm>
#include <queue>

namespace temper::engine {
namespace {

// Where the trusted range around `at` ends; `at` itself if it is not trusted.
std::size_t trusted_until(std::span<const TextRange> trusted, std::size_t at) {
  const auto after = std::upper_bound(
      trusted.begin(), trusted.end(), at,
      [](std::size_t place, const TextRange& range) { return place < range.begin; });
  if (after == trusted.begin()) return at;
  return std::max(at, std::prev(after)->end);
}

}  // namespace

SpecialSplitter::SpecialSplitter(const Vocabulary& vocabulary) : nodes_(1), children_(1024) {
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (vocabulary.kind(id) == TokenKind::UserDefined || vocabulary.is_guarded(id)) {
      add(vocabulary.text(id), id, vocabulary.is_guarded(id));
    }
  }
}

void SpecialSplitter::add(std::string_view text, TokenId id, bool guarded) {
  if (text.empty()) return;
  first_bytes_.set(static_cast<unsigned char>(text.front()));
  std::uint32_t node = 0;
  for (char byte : text) {
    const std::uint64_t edge = std::uint64_t{node} << 8 | static_cast<unsigned char>(byte);
    std::uint32_t child = children_.find(edge);
    if (child == kAbsent) {
      child = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
      children_.insert(edge, child);
    }
    node = child;
  }
  TokenId& token = guarded ? nodes_[node].guarded_token : nodes_[node].open_token;
  if (token == kNoToken) token = id;  // of two with one text, the first
}

std::optional<SpecialSplitter::Candidate> SpecialSplitter::longest(
    std::string_view text, std::size_t begin, std::size_t max_size,
    std::span<const TextRange> trusted) const {
  const std::size_t end = max_size < text.size() - begin ? begin + max_size : text.size();
  std::optional<std::size_t> trusted_end;  // asked for when it matters
  std::optional<Candidate> found;
  std::uint32_t node = 0;
  for (std::size_t at = begin; at < end; ++at) {
    node = children_.find(std::uint64_t{node} << 8 | static_cast<unsigned char>(text[at]));
    if (node == kAbsent) break;
    TokenId token = nodes_[node].open_token;
    if (token == kNoToken && nodes_[node].guarded_token != kNoToken) {
      if (!trusted_end) trusted_end = trusted_until(trusted, begin);
      if (at < *trusted_end) token = nodes_[node].guarded_token;
    }
    if (token != kNoToken) found = Candidate{begin, at + 1 - begin, token};
  }
  return found;
}

std::vector<SpecialSplitter::Candidate> SpecialSplitter::choose(
    std::string_view text, std::vector<Candidate> candidates,
    std::span<const TextRange> trusted) const {
  const auto overlap = [](const Candidate& a, const Candidate& b) {
    return a.begin + a.size > b.begin;
  };
  if (std::adjacent_find(candidates.begin(), candidates.end(), overlap) == candidates.end()) {
    return candidates;
  }

  const auto earlier = [](const Candidate& a, const Candidate& b) {
    if (a.size != b.size) return a.size > b.size;
    return a.token != b.token ? a.token < b.token : a.begin < b.begin;
  };
  const auto later = [&](const Candidate& a, const Candidate& b) { return earlier(b, a); };
  std::sort(candidates.begin(), candidates.end(), earlier);
  std::priority_queue<Candidate, std::vector<Candidate>, decltype(later)> shortened(later);
  std::vector<bool> taken(text.size());
  std::vector<Candidate> chosen;
  for (std::size_t next = 0; next < candidates.size() || !shortened.empty();) {
    Candidate candidate{};
    if (shortened.empty() ||
        (next < candidates.size() && earlier(candidates[next], shortened.top()))) {
      candidate = candidates[next++];
    } else {
      candidate = shortened.top();
      shortened.pop();
    }
    if (taken[candidate.begin]) continue;
    // All that is taken is at least as long, so it would show at one of the two ends.
    if (taken[candidate.begin + candidate.size - 1]) {
      const std::optional<Candidate> shorter =
          longest(text, candidate.begin, candidate.size - 1, trusted);
      if (shorter) shortened.push(*shorter);
      continue;
    }
    std::fill_n(taken.begin() + static_cast<std::ptrdiff_t>(candidate.begin), candidate.size, true);
    chosen.push_back(candidate);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const Candidate& a, const Candidate& b) { return a.begin < b.begin; });
  return chosen;
}

std::vector<Fragment> SpecialSplitter::split(std::string_view text,
                                             std::span<const TextRange> trusted) const {
  std::vector<Candidate> candidates;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!first_bytes_.test(static_cast<unsigned char>(text[at]))) continue;
    const std::optional<Candidate> candidate = longest(text, at, text.size(), trusted);
    if (candidate) candidates.push_back(*candidate);
  }

  std::vector<Fragment> fragments;
  std::size_t done = 0;
  for (const Candidate& candidate : choose(text, std::move(candidates), trusted)) {
    if (candidate.begin > done) fragments.push_back({{done, candidate.begin}, kNoToken});
    done = candidate.begin + candidate.size;
    fragments.push_back({{candidate.begin, done}, candidate.token});
  }
  if (done < text.size()) fragments.push_back({{done, text.size()}, kNoToken});
  return fragments;
}

}  // namespace temper::engine
