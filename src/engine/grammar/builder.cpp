#include "engine/grammar/builder.h"

#include <algorithm>
#include <numeric>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/verify.h"
#include "engine/grammar/analysis.h"
#include "engine/grammar/regular.h"
#include "engine/grammar/text_machines.h"

namespace temper::engine {

using Kind = Grammar::Kind;
using Part = GrammarBuilder::Part;

Part GrammarBuilder::add(Kind kind, std::size_t first, std::size_t size, Count count) {
  Grammar::Node node;
  node.kind = kind;
  node.first = static_cast<std::uint32_t>(first);
  node.size = static_cast<std::uint32_t>(size);
  node.count = count;
  nodes_.push_back(node);
  return {static_cast<NodeIndex>(nodes_.size() - 1)};
}

Part GrammarBuilder::add_parent(Kind kind, const std::vector<Part>& parts, Count count) {
  const std::size_t first = children_.size();
  for (const Part part : parts) children_.push_back(part.index);
  return add(kind, first, parts.size(), count);
}

Part GrammarBuilder::literal(std::string_view text) {
  if (text.empty()) return empty();
  texts_ += text;
  return add(Kind::Literal, texts_.size() - text.size(), text.size());
}

Part GrammarBuilder::control(TokenId token) {
  return add(Kind::Control, static_cast<std::uint32_t>(token), 0);
}

Part GrammarBuilder::sequence(const std::vector<Part>& parts) {
  // Literals beside each other become one, and what is empty goes.
  std::vector<Part> kept;
  std::string joined;
  std::size_t in_joined = 0;
  const auto flush = [&] {
    if (in_joined > 1) kept.back() = literal(joined);
    in_joined = 0;
    joined.clear();
  };
  for (const Part part : parts) {
    const Grammar::Node node = nodes_[part.index];
    if (node.kind == Kind::Sequence && node.size == 0) continue;
    if (node.kind != Kind::Literal) {
      flush();
    } else {
      joined += std::string_view(texts_).substr(node.first, node.size);
      if (++in_joined > 1) continue;
    }
    kept.push_back(part);
  }
  flush();
  return kept.size() == 1 ? kept.front() : add_parent(Kind::Sequence, kept);
}

Part GrammarBuilder::choice(const std::vector<Part>& parts) {
  return parts.size() == 1 ? parts.front() : add_parent(Kind::Choice, parts);
}

Part GrammarBuilder::repeat(Part part, std::uint32_t least, std::uint32_t most) {
  if (most == 0 && least == 0) return empty();
  return add_parent(Kind::Repeat, {part}, {least, most});
}

Part GrammarBuilder::automaton(std::shared_ptr<const Dfa> dfa, Count characters) {
  dfas_.push_back(std::move(dfa));
  return add(Kind::Automaton, dfas_.size() - 1, 0, characters);
}

Part GrammarBuilder::declare(std::string name) {
  const Part rule = add(Kind::Rule, rules_.size(), 0);
  rules_.emplace_back(rule.index, std::move(name));
  return rule;
}

void GrammarBuilder::define(Part rule, Part body) {
  Grammar::Node& node = nodes_[rule.index];
  VERIFY(node.kind == Kind::Rule && node.size == 0, "a rule is defined once");
  children_.push_back(body.index);
  node.first = static_cast<std::uint32_t>(children_.size() - 1);
  node.size = 1;
}

Part GrammarBuilder::domain(std::shared_ptr<const chat::Domain> domain, DomainOptions options) {
  Part otherwise;
  if (options.otherwise) {
    otherwise = *options.otherwise;
  } else {
    otherwise = options.escaping == Escaping::Raw ? text() : json_text();
  }
  domains_.push_back(
      {std::move(domain), options.escaping, options.keep, options.given, otherwise.index});
  return add(Kind::Domain, domains_.size() - 1, 0);
}

std::shared_ptr<const Dfa> GrammarBuilder::any_text() {
  if (!any_text_) any_text_ = std::make_shared<Dfa>(any_text_dfa());
  return any_text_;
}

std::shared_ptr<const Dfa> GrammarBuilder::any_json_text() {
  if (!any_json_text_) any_json_text_ = std::make_shared<Dfa>(json_text_dfa());
  return any_json_text_;
}

Part GrammarBuilder::text(Count characters) { return automaton(any_text(), characters); }

Part GrammarBuilder::json_text(Count characters) { return automaton(any_json_text(), characters); }

Part GrammarBuilder::text_until(std::string_view end) {
  VERIFY(!end.empty() && end.size() <= 1000, "the end is short");
  auto at = texts_until_.find(end);
  if (at == texts_until_.end()) {
    Result<Dfa> dfa = text_until_dfa(end);
    VERIFY(dfa.ok(), "a short end makes a small automaton");
    at = texts_until_.emplace(end, std::make_shared<Dfa>(*std::move(dfa))).first;
  }
  return automaton(at->second);
}

Result<Grammar> GrammarBuilder::build(Part root) const {
  if (nodes_.size() > limits_.max_nodes) {
    return Error{Code::Limit,
                 format("the grammar has more than {} parts; make it smaller", limits_.max_nodes)};
  }
  const std::vector<bool> is_part = find_parts(nodes_, children_, domains_, root.index);
  for (const auto& [index, name] : rules_) {
    if (!is_part[index] || nodes_[index].size != 0) continue;
    return Error{Code::Invalid, format("the rule {} is used but not defined",
                                       printable(name, LineBreaks::Escape))};
  }
  Grammar grammar;
  grammar.nodes_ = nodes_;
  grammar.children_ = children_;
  grammar.texts_ = texts_;
  grammar.dfas_ = dfas_;
  grammar.domains_ = domains_;
  grammar.slot_count_ = slot_count_;
  grammar.max_depth_ = std::min<std::size_t>(limits_.max_depth, kNeverFinished - 1);
  grammar.root_ = root.index;

  find_depths(grammar.nodes_, grammar.children_, grammar.dfas_, grammar.domains_);
  const std::uint8_t needed = grammar.nodes_[root.index].depth;
  if (needed == kNeverFinished) {
    return Error{Code::Invalid,
                 "no text matches the grammar, or only one that is nested too "
                 "deep; look for contradictions and for rules without an end"};
  }
  if (needed > grammar.max_depth_) {
    return Error{Code::Limit, format("every text of the grammar is nested more than {} deep; "
                                     "make it flatter",
                                     grammar.max_depth_)};
  }
  if (const auto rule = find_left_recursion(grammar.nodes_, grammar.children_, root.index)) {
    const auto named = std::find_if(rules_.begin(), rules_.end(),
                                    [&](const auto& entry) { return entry.first == *rule; });
    return Error{Code::Unsupported,
                 format("the rule {} begins with itself; write it so that something comes first, "
                        "as with a repetition",
                        printable(named->second, LineBreaks::Escape))};
  }
  make_automata(grammar, is_part);
  return grammar;
}

void GrammarBuilder::make_automata(Grammar& grammar, const std::vector<bool>& is_part) const {
  constexpr std::size_t kMaxTried = 100;
  std::size_t tried = 0;
  for (const NodeIndex index : preferred_) {
    if (!is_part[index] || grammar.nodes_[index].depth == kNeverFinished) continue;
    if (++tried > kMaxTried) return;
    std::optional<Dfa> dfa = regular_dfa(grammar, index);
    if (!dfa) continue;
    Grammar::Node& node = grammar.nodes_[index];
    node.kind = Kind::Automaton;
    node.first = static_cast<std::uint32_t>(grammar.dfas_.size());
    node.size = 0;
    node.count = {};
    node.depth = 0;
    grammar.dfas_.push_back(std::make_shared<Dfa>(*std::move(dfa)));
  }
}

std::size_t Grammar::memory() const {
  std::size_t bytes = nodes_.size() * sizeof(Node) + children_.size() * sizeof(NodeIndex) +
                      texts_.size() + domains_.size() * sizeof(DomainUse);
  for (const auto& dfa : dfas_) bytes += dfa->memory();
  return bytes;
}

}  // namespace temper::engine
