// Both properties are least fixed points over a graph with cycles: each node's value is
// computed from its children's, and again whenever one of those has changed. No recursion,
// for grammars may come from anybody.
#include "engine/grammar/analysis.h"

#include <algorithm>
#include <span>

#include "chat/domain.h"

namespace temper::engine {
namespace {

using Node = Grammar::Node;
using Kind = Grammar::Kind;

bool has_children(Kind kind) {
  return kind == Kind::Sequence || kind == Kind::Choice || kind == Kind::Repeat ||
         kind == Kind::Rule;
}

bool has_any_byte(const Dfa& dfa) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (dfa.next(Dfa::kStart, static_cast<std::uint8_t>(byte)) != Dfa::kDead) return true;
  }
  return false;
}

class Analysis {
 public:
  Analysis(std::vector<Node>& nodes, const std::vector<NodeIndex>& children,
           const std::vector<std::shared_ptr<const Dfa>>& dfas,
           const std::vector<Grammar::DomainUse>& domains)
      : nodes_(nodes), children_(children), dfas_(dfas), domains_(domains) {
    find_parents();
  }

  void run() {
    for (Node& node : nodes_) {
      node.depth = kNeverFinished;
      node.is_nullable = false;
    }
    settle([this](Node& node) {
      const bool was = node.is_nullable;
      node.is_nullable = was || is_nullable(node);
      return node.is_nullable != was;
    });
    // An empty turn is as good as none.
    for (Node& node : nodes_) {
      if (node.kind == Kind::Repeat && child(node, 0).is_nullable) node.count.least = 0;
    }
    settle([this](Node& node) {
      const std::uint8_t was = node.depth;
      node.depth = std::min(was, depth_of(node));
      return node.depth != was;
    });
  }

 private:
  std::span<const NodeIndex> children_of(const Node& node) const {
    if (!has_children(node.kind)) return {};
    return std::span(children_).subspan(node.first, node.size);
  }
  const Node& child(const Node& node, std::size_t at) const {
    return nodes_[children_[node.first + at]];
  }

  // Whose value hangs on whose. A domain's stand-in counts as a child.
  template <typename Visit>
  void for_each_edge(const Visit& visit) const {
    for (NodeIndex index = 0; index < nodes_.size(); ++index) {
      const Node& node = nodes_[index];
      for (const NodeIndex below : children_of(node)) visit(below, index);
      if (node.kind == Kind::Domain) visit(domains_[node.first].otherwise, index);
    }
  }

  void find_parents() {
    parent_begin_.assign(nodes_.size() + 1, 0);
    for_each_edge([&](NodeIndex below, NodeIndex) { ++parent_begin_[below + 1]; });
    for (std::size_t i = 0; i < nodes_.size(); ++i) parent_begin_[i + 1] += parent_begin_[i];
    parents_.resize(parent_begin_.back());
    std::vector<std::size_t> next(parent_begin_.begin(), parent_begin_.end() - 1);
    for_each_edge([&](NodeIndex below, NodeIndex above) { parents_[next[below]++] = above; });
  }

  template <typename Update>
  void settle(const Update& update) {
    std::vector<NodeIndex> work(nodes_.size());
    for (std::size_t i = 0; i < work.size(); ++i) {
      work[i] = static_cast<NodeIndex>(work.size() - 1 - i);  // children first, mostly
    }
    std::vector<bool> waits(nodes_.size(), true);
    while (!work.empty()) {
      const NodeIndex index = work.back();
      work.pop_back();
      waits[index] = false;
      if (!update(nodes_[index])) continue;
      for (std::size_t i = parent_begin_[index]; i < parent_begin_[index + 1]; ++i) {
        if (waits[parents_[i]]) continue;
        waits[parents_[i]] = true;
        work.push_back(parents_[i]);
      }
    }
  }

  bool is_nullable(const Node& node) const {
    const auto nullable = [this](NodeIndex below) { return nodes_[below].is_nullable; };
    const std::span<const NodeIndex> below = children_of(node);
    switch (node.kind) {
      case Kind::Literal:
      case Kind::Control: return false;
      case Kind::Automaton: {
        const Dfa& dfa = *dfas_[node.first];
        return !dfa.is_empty() && dfa.accepts(Dfa::kStart) && node.count.least == 0;
      }
      case Kind::Domain: {
        const Grammar::DomainUse& use = domains_[node.first];
        if (use.given) return true;  // who knows
        const chat::Domain::State start = use.domain->start(0);
        return start != chat::Domain::kDead && use.domain->is_member(start);
      }
      case Kind::Sequence: return std::all_of(below.begin(), below.end(), nullable);
      case Kind::Choice:
      case Kind::Rule: return std::any_of(below.begin(), below.end(), nullable);
      case Kind::Repeat: return node.count.least == 0 || nullable(below.front());
    }
    return false;
  }

  static std::uint8_t plus_one(std::uint8_t depth) {
    return depth >= kNeverFinished - 1 ? kNeverFinished : static_cast<std::uint8_t>(depth + 1);
  }

  std::uint8_t depth_of(const Node& node) const {
    const std::span<const NodeIndex> below = children_of(node);
    switch (node.kind) {
      case Kind::Literal:
      case Kind::Control: return 0;
      case Kind::Automaton: {
        const Dfa& dfa = *dfas_[node.first];
        const Count& count = node.count;
        const bool possible = !dfa.is_empty() && count.least <= count.most &&
                              dfa.shortest(Dfa::kStart) <= count.most &&
                              (count.least == 0 || has_any_byte(dfa));
        return possible ? 0 : kNeverFinished;
      }
      case Kind::Domain: {
        const Grammar::DomainUse& use = domains_[node.first];
        if (use.given) return nodes_[use.otherwise].depth;
        return use.domain->start(0) == chat::Domain::kDead ? kNeverFinished : 0;
      }
      case Kind::Sequence: {
        std::uint8_t depth = 0;
        for (std::size_t i = 0; i < below.size(); ++i) {
          const std::uint8_t one = nodes_[below[i]].depth;
          depth = std::max(depth, i + 1 < below.size() ? plus_one(one) : one);
        }
        return depth;
      }
      case Kind::Choice:
      case Kind::Rule: {
        std::uint8_t depth = kNeverFinished;
        for (const NodeIndex one : below) depth = std::min(depth, nodes_[one].depth);
        return depth;
      }
      case Kind::Repeat:
        if (node.count.least > node.count.most) return kNeverFinished;
        return node.count.least == 0 ? 0 : plus_one(nodes_[below.front()].depth);
    }
    return kNeverFinished;
  }

  std::vector<Node>& nodes_;
  const std::vector<NodeIndex>& children_;
  const std::vector<std::shared_ptr<const Dfa>>& dfas_;
  const std::vector<Grammar::DomainUse>& domains_;
  std::vector<std::size_t> parent_begin_;  // [nodes + 1]
  std::vector<NodeIndex> parents_;
};

}  // namespace

std::vector<bool> find_parts(const std::vector<Node>& nodes, const std::vector<NodeIndex>& children,
                             const std::vector<Grammar::DomainUse>& domains, NodeIndex root) {
  std::vector<bool> found(nodes.size());
  std::vector<NodeIndex> work{root};
  while (!work.empty()) {
    const NodeIndex index = work.back();
    work.pop_back();
    if (found[index]) continue;
    found[index] = true;
    const Node& node = nodes[index];
    if (node.kind == Kind::Domain) work.push_back(domains[node.first].otherwise);
    if (!has_children(node.kind)) continue;
    work.insert(work.end(), children.begin() + node.first,
                children.begin() + node.first + node.size);
  }
  return found;
}

void find_depths(std::vector<Node>& nodes, std::vector<NodeIndex>& children,
                 const std::vector<std::shared_ptr<const Dfa>>& dfas,
                 const std::vector<Grammar::DomainUse>& domains) {
  Analysis(nodes, children, dfas, domains).run();
  for (Node& node : nodes) {
    if (node.kind == Kind::Repeat && nodes[children[node.first]].depth == kNeverFinished) {
      node.count.most = 0;  // none, where that is allowed
    }
    if (node.kind != Kind::Choice) continue;
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < node.size; ++i) {
      const NodeIndex below = children[node.first + i];
      if (nodes[below].depth != kNeverFinished) children[node.first + kept++] = below;
    }
    node.size = kept;
  }
}

std::optional<NodeIndex> find_left_recursion(const std::vector<Node>& nodes,
                                             const std::vector<NodeIndex>& children,
                                             NodeIndex root) {
  // A search in depth; a rule that is met again while it is open may begin with itself.
  // The second search, over all children, finds where to start the first.
  enum class Mark : std::uint8_t { New, Open, Done };
  std::vector<Mark> marks(nodes.size(), Mark::New);
  std::vector<bool> seen(nodes.size());
  std::vector<NodeIndex> starts{root};
  seen[root] = true;
  struct Visit {
    NodeIndex node;
    std::uint32_t next;
  };
  std::vector<Visit> open;
  while (!starts.empty()) {
    const NodeIndex start = starts.back();
    starts.pop_back();
    if (has_children(nodes[start].kind)) {
      for (std::uint32_t i = 0; i < nodes[start].size; ++i) {
        const NodeIndex below = children[nodes[start].first + i];
        if (!seen[below]) starts.push_back(below);
        seen[below] = true;
      }
    }
    if (marks[start] != Mark::New) continue;
    marks[start] = Mark::Open;
    open.push_back({start, 0});
    while (!open.empty()) {
      Visit& visit = open.back();
      const Node& node = nodes[visit.node];
      const bool is_barred = node.kind == Kind::Sequence && visit.next > 0 &&
                             !nodes[children[node.first + visit.next - 1]].is_nullable;
      const bool is_unused = node.kind == Kind::Repeat && node.count.most == 0;
      if (!has_children(node.kind) || visit.next == node.size || is_barred || is_unused) {
        marks[visit.node] = Mark::Done;
        open.pop_back();
        continue;
      }
      const NodeIndex below = children[node.first + visit.next++];
      if (marks[below] == Mark::New) {
        marks[below] = Mark::Open;
        open.push_back({below, 0});
      } else if (marks[below] == Mark::Open) {
        const auto rule = std::find_if(open.rbegin(), open.rend(), [&](const Visit& one) {
          return nodes[one.node].kind == Kind::Rule;
        });
        return rule->node;  // every cycle goes through a rule
      }
    }
  }
  return std::nullopt;
}

}  // namespace temper::engine
