// The tree becomes an automaton that may be in several states (Thompson), and that one a
// table. Characters are their UTF-8 bytes. Anchors are steps without a byte: Begin only
// before the first character, End only where the text is looked at as a whole.
#include "engine/grammar/pattern.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "engine/grammar/pattern_syntax.h"

namespace temper::engine {
namespace {

using Place = std::uint32_t;

constexpr std::size_t kMaxPlaces = 50'000;
constexpr std::size_t kMaxStates = 5'000;

struct Edge {
  enum class Kind : std::uint8_t { Bytes, Free, Begin, End };
  Kind kind = Kind::Free;
  std::uint8_t from = 0;
  std::uint8_t to = 0;
  Place target = 0;
};

struct Network {
  std::vector<std::vector<Edge>> edges;
  std::vector<bool> within_character;
  Place start = 0;
  Place accept = 0;

  Place add(bool is_within = false) {
    edges.emplace_back();
    within_character.push_back(is_within);
    return static_cast<Place>(edges.size() - 1);
  }
  bool is_full() const { return edges.size() > kMaxPlaces; }
};

// Calls `visit` with sequences of byte ranges, which together are the UTF-8 of the
// characters from `from` to `to`: split until within each range every byte can go with
// every other.
template <typename Visit>
void for_each_byte_range(char32_t from, char32_t to, const Visit& visit) {
  for (const char32_t last_of_length : {0x7Fu, 0x7FFu, 0xFFFFu}) {
    if (from <= last_of_length && last_of_length < to) {
      for_each_byte_range(from, last_of_length, visit);
      for_each_byte_range(last_of_length + 1, to, visit);
      return;
    }
  }
  for (const unsigned bits : {6u, 12u, 18u}) {
    if (to < 0x80) break;
    const char32_t low = (char32_t{1} << bits) - 1;
    if ((from & ~low) == (to & ~low)) continue;
    if ((from & low) != 0) {
      for_each_byte_range(from, from | low, visit);
      for_each_byte_range((from | low) + 1, to, visit);
      return;
    }
    if ((to & low) != low) {
      for_each_byte_range(from, (to & ~low) - 1, visit);
      for_each_byte_range(to & ~low, to, visit);
      return;
    }
  }
  std::string first;
  std::string last;
  append_utf8(first, from);
  append_utf8(last, to);
  visit(first, last);
}

class NetworkBuilder {
 public:
  Network build(const PatternNode& pattern) {
    network_.start = network_.add();
    const Place before = network_.add();
    const Place after = network_.add();
    network_.accept = after;
    // Anything may come before and after.
    free(network_.start, before);
    characters(CharacterSet::all(), before, before);
    add(pattern, before, after);
    characters(CharacterSet::all(), after, after);
    return std::move(network_);
  }

 private:
  void edge(Place from, Edge edge) { network_.edges[from].push_back(edge); }
  void free(Place from, Place to) { edge(from, {Edge::Kind::Free, 0, 0, to}); }

  void add(const PatternNode& node, Place from, Place to) {
    if (network_.is_full()) return;
    using Kind = PatternNode::Kind;
    switch (node.kind) {
      case Kind::Characters: characters(node.characters, from, to); return;
      case Kind::Begin: edge(from, {Edge::Kind::Begin, 0, 0, to}); return;
      case Kind::End: edge(from, {Edge::Kind::End, 0, 0, to}); return;
      case Kind::Choice:
        for (const PatternNode& child : node.children) add(child, from, to);
        return;
      case Kind::Sequence:
        for (const PatternNode& child : node.children) {
          const Place next = network_.add();
          add(child, from, next);
          from = next;
        }
        free(from, to);
        return;
      case Kind::Repeat: repeat(node, from, to); return;
    }
  }

  void repeat(const PatternNode& node, Place from, Place to) {
    const PatternNode& child = node.children.front();
    for (std::uint32_t i = 0; i < node.count.least && !network_.is_full(); ++i) {
      const Place next = network_.add();
      add(child, from, next);
      from = next;
    }
    if (node.count.most == kUnlimited) {
      const Place loop = network_.add();
      free(from, loop);
      add(child, loop, loop);
      free(loop, to);
      return;
    }
    free(from, to);
    for (std::uint32_t i = node.count.least; i < node.count.most && !network_.is_full(); ++i) {
      const Place next = network_.add();
      add(child, from, next);
      free(next, to);
      from = next;
    }
  }

  void characters(const CharacterSet& set, Place from, Place to) {
    for (const auto& [first, last] : set.ranges()) {
      for_each_byte_range(first, last, [&](const std::string& low, const std::string& high) {
        Place at = from;
        for (std::size_t i = 0; i < low.size(); ++i) {
          const Place next = i + 1 == low.size() ? to : network_.add(true);
          edge(at, {Edge::Kind::Bytes, static_cast<std::uint8_t>(low[i]),
                    static_cast<std::uint8_t>(high[i]), next});
          at = next;
        }
      });
    }
  }

  Network network_;
};

// The network's places in which a text can be, as a machine.
class Search {
 public:
  using State = std::vector<Place>;  // those with bytes to read, and the accepting one; sorted

  explicit Search(const Network& network) : network_(network), marks_(network.edges.size()) {
    std::array<bool, 257> cuts{};
    for (const std::vector<Edge>& edges : network.edges) {
      for (const Edge& edge : edges) {
        if (edge.kind != Edge::Kind::Bytes) continue;
        cuts[edge.from] = true;
        cuts[edge.to + std::size_t{1}] = true;
      }
    }
    std::uint8_t current = 0;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      if (cuts[byte] && byte > 0) ++current;
      classes_[byte] = current;
    }
  }

  State start() const { return closed({network_.start}, Edge::Kind::Begin); }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    std::vector<Place> reached;
    for (const Place place : state) {
      for (const Edge& edge : network_.edges[place]) {
        if (edge.kind == Edge::Kind::Bytes && edge.from <= byte && byte <= edge.to) {
          reached.push_back(edge.target);
        }
      }
    }
    if (reached.empty()) return std::nullopt;
    return closed(reached, Edge::Kind::Free);
  }
  // What End leads to counts here only. A text without characters is at its begin too.
  bool accepts(const State& state) const {
    const State last = closed(state, Edge::Kind::End);
    return std::binary_search(last.begin(), last.end(), network_.accept);
  }
  bool begins_character(const State& state) const {
    return !network_.within_character[state.front()];
  }
  std::uint8_t class_of(std::uint8_t byte) const { return classes_[byte]; }

 private:
  // With all that free edges lead to, and those of the kind.
  State closed(std::vector<Place> places, Edge::Kind also) const {
    for (const Place place : places) marks_[place] = true;
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (const Edge& edge : network_.edges[places[i]]) {
        if (edge.kind != Edge::Kind::Free && edge.kind != also) continue;
        if (marks_[edge.target]) continue;
        marks_[edge.target] = true;
        places.push_back(edge.target);
      }
    }
    for (const Place place : places) marks_[place] = false;
    State kept;
    for (const Place place : places) {
      const std::vector<Edge>& edges = network_.edges[place];
      const bool matters =
          place == network_.accept || std::any_of(edges.begin(), edges.end(), [](const Edge& edge) {
            return edge.kind == Edge::Kind::Bytes || edge.kind == Edge::Kind::End;
          });
      if (matters) kept.push_back(place);
    }
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    return kept;
  }

  const Network& network_;
  std::array<std::uint8_t, 256> classes_{};
  mutable std::vector<bool> marks_;
};

}  // namespace

Result<Dfa> pattern_dfa(std::string_view pattern) {
  const PatternNode tree = TRY(parse_pattern(pattern));
  const Network network = NetworkBuilder().build(tree);
  if (network.is_full()) {
    return Error{Code::Limit, "the pattern is too large; make its repetitions smaller"};
  }
  const Search search(network);
  Result<Dfa> dfa = tabulate(search, kMaxStates);
  if (!dfa) return in_context("the pattern", std::move(dfa).error());
  return dfa;
}

}  // namespace temper::engine
