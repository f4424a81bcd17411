#include "agent/evidence/similar.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "agent/evidence/scan.h"
#include "base/ascii.h"

namespace temper::agent {
namespace {

constexpr double kAlike = 0.75;
constexpr std::size_t kMostWords = 20000;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdu;
}

// A hash for each word and each sign; one for any number, one for any quote.
std::vector<std::uint64_t> words_of(std::string_view text) {
  std::vector<std::uint64_t> words;
  for (std::size_t at = 0; at < text.size() && words.size() < kMostWords;) {
    const char byte = text[at];
    if (is_json_space(byte)) {
      ++at;
      continue;
    }
    std::uint64_t hash = 1469598103934665603u;
    if (!is_name_byte(byte)) {
      const bool is_quote = byte == '"' || byte == '`' || byte == '\'';
      words.push_back(mix(hash, is_quote ? '\'' : static_cast<unsigned char>(byte)));
      ++at;
      continue;
    }
    const bool is_number = is_digit(byte);
    for (; at < text.size() && is_name_byte(text[at]); ++at) {
      const char lower = is_upper(text[at]) ? static_cast<char>(text[at] - 'A' + 'a') : text[at];
      hash = mix(hash, is_number ? '0' : static_cast<unsigned char>(lower));
      if (is_number) hash = 0;
    }
    words.push_back(hash);
  }
  return words;
}

// Every run of `length` words; the words alone where there are fewer.
std::vector<std::uint64_t> shingles_of(const std::vector<std::uint64_t>& words,
                                       std::size_t length) {
  std::vector<std::uint64_t> shingles;
  for (std::size_t at = 0; at + length <= words.size(); ++at) {
    std::uint64_t hash = 0;
    for (std::size_t each = at; each < at + length; ++each) hash = mix(hash, words[each]);
    shingles.push_back(hash);
  }
  std::sort(shingles.begin(), shingles.end());
  return shingles;
}

// The share of what both have in what either has, repeated ones counted (Dice's coefficient).
double common_share(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::vector<std::uint64_t> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  const std::size_t all = a.size() + b.size();
  return all == 0 ? 1 : 2 * static_cast<double>(common.size()) / static_cast<double>(all);
}

}  // namespace

double similarity(std::string_view a, std::string_view b) {
  const std::vector<std::uint64_t> of_a = words_of(a);
  const std::vector<std::uint64_t> of_b = words_of(b);
  if (of_a == of_b) return 1;
  // Of few words most runs of three hold the one that differs, so they also count alone.
  const double words = common_share(shingles_of(of_a, 1), shingles_of(of_b, 1));
  const std::size_t fewer = std::min(of_a.size(), of_b.size());
  const double runs =
      common_share(shingles_of(of_a, fewer < 24 ? 2 : 3), shingles_of(of_b, fewer < 24 ? 2 : 3));
  return (words + runs) / 2;
}

bool similar(std::string_view a, std::string_view b) { return similarity(a, b) >= kAlike; }

}  // namespace temper::agent
