#include "engine/grammar/regular.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/grammar/situations.h"

namespace temper::engine {
namespace {

constexpr std::size_t kMaxStates = 100;
constexpr std::size_t kMaxNodes = 200;
constexpr std::size_t kMaxNesting = 40;

// Situations are the states of an automaton, if only there are few of them.
class AllSituations {
 public:
  using State = SituationId;

  explicit AllSituations(Situations& situations) : situations_(situations) {}

  State start() const { return situations_.start(); }
  std::optional<State> step(State state, std::uint8_t byte) const {
    const SituationId next = situations_.step(state, byte);
    return next == kDeadSituation ? std::nullopt : std::optional(next);
  }
  bool accepts(State state) const { return situations_.is_complete(state); }
  bool begins_character(State) const { return false; }

 private:
  Situations& situations_;
};

// Does what is below the node only read bytes, without coming back to itself? Looks at no
// more than a few nodes.
bool is_regular(const Grammar& grammar, NodeIndex root) {
  std::vector<NodeIndex> path;  // from the root down; repeated for each way to a node
  std::size_t seen = 0;
  const auto visit = [&](const auto& self, NodeIndex index) -> bool {
    const Grammar::Node& node = grammar.node(index);
    if (++seen > kMaxNodes || path.size() > kMaxNesting) return false;
    if (std::find(path.begin(), path.end(), index) != path.end()) return false;
    switch (node.kind) {
      case Grammar::Kind::Control:
      case Grammar::Kind::Domain: return false;
      case Grammar::Kind::Literal:
      case Grammar::Kind::Automaton: return true;
      default: break;
    }
    path.push_back(index);
    const std::span<const NodeIndex> children = grammar.children(node);
    const bool all = std::all_of(children.begin(), children.end(),
                                 [&](NodeIndex child) { return self(self, child); });
    path.pop_back();
    return all;
  };
  return visit(visit, root);
}

}  // namespace

std::optional<Dfa> regular_dfa(const Grammar& grammar, NodeIndex node) {
  if (!is_regular(grammar, node)) return std::nullopt;
  // Not owned: it is only looked at from here.
  const std::shared_ptr<const Grammar> view(std::shared_ptr<void>(), &grammar);
  Situations situations(view, node);
  Result<Dfa> dfa = tabulate(AllSituations(situations), kMaxStates);
  if (!dfa) return std::nullopt;
  return *std::move(dfa);
}

}  // namespace temper::engine
