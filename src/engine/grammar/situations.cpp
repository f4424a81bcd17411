#include "engine/grammar/situations.h"

#include <algorithm>
#include <bit>

#include "base/verify.h"
#include "engine/grammar/domain_place.h"

namespace temper::engine {
namespace {

using Kind = Grammar::Kind;

// More ways than this at once have only grammars that are made to. The others are
// forgotten then: of those that stay, each still reaches an end.
constexpr std::size_t kMaxWays = 1024;

std::uint64_t packed(Count count) { return std::uint64_t{count.most} << 32 | count.least; }
Count unpacked(std::uint64_t extra) {
  return {static_cast<std::uint32_t>(extra), static_cast<std::uint32_t>(extra >> 32)};
}

}  // namespace

std::uint64_t Situations::Slots::hash() const {
  std::uint64_t hash = values.size();
  for (const std::uint64_t value : values) hash = mix_hash(hash, value);
  return hash;
}

std::uint64_t Situations::Situation::hash() const {
  std::uint64_t hash = ways.size();
  for (const Way way : ways) hash = mix_hash(hash, std::uint64_t{way.cell} << 32 | way.slots);
  return hash;
}

Situations::Situations(const std::shared_ptr<const Grammar>& grammar)
    : Situations(grammar, grammar->root()) {}

Situations::Situations(std::shared_ptr<const Grammar> grammar, NodeIndex root)
    : grammar_(std::move(grammar)), root_(root) {
  start_anew();
}

void Situations::start_anew() {
  cells_ = {};
  slots_ = {};
  table_ = {};
  facts_.clear();
  after_keys_ = {};
  after_.clear();
  memory_ = 0;
  cells_.number_of({0, 0, ~NodeIndex{0}, 0, 0});
  slots_.number_of({});
  std::vector<Way> ways;
  expand(fresh(root_, kNothing, 0), ways);
  start_ = number_of(ways);
}

std::uint32_t Situations::cell(NodeIndex node, std::uint64_t state, std::uint64_t extra,
                               std::uint32_t rest) {
  return cells_.number_of({state, extra, node, rest, cells_[rest].depth + 1});
}

std::uint32_t Situations::slots_with(std::uint32_t slots, SlotId slot, std::uint64_t value) {
  Slots changed = slots_[slots];
  changed.values.resize(grammar_->slot_count());
  changed.values[slot] = value;
  return slots_.number_of(std::move(changed));
}

std::uint64_t Situations::slot_value(std::uint32_t slots, SlotId slot) const {
  const std::vector<std::uint64_t>& values = slots_[slots].values;
  return slot < values.size() ? values[slot] : 0;
}

Situations::Item Situations::fresh(NodeIndex index, std::uint32_t rest, std::uint32_t slots) const {
  const Grammar::Node& node = grammar_->node(index);
  const bool counts = node.kind == Kind::Repeat || node.kind == Kind::Automaton;
  return {index, 0, counts ? packed(node.count) : 0, rest, slots};
}

void Situations::expand_list(std::uint32_t list, std::uint32_t slots, std::vector<Way>& ways) {
  if (list == kNothing) {
    ways.push_back({kNothing, slots});
    return;
  }
  const Cell& first = cells_[list];
  expand({first.node, first.state, first.extra, first.rest, slots}, ways);
}

void Situations::expand(const Item& start, std::vector<Way>& ways) {
  std::vector<std::pair<NodeIndex, std::uint32_t>> turns;  // of repeats that may turn idly
  work_.assign(1, start);
  while (!work_.empty() && ways.size() < kMaxWays) {
    const Item item = work_.back();
    work_.pop_back();
    const Grammar::Node& node = grammar_->node(item.node);
    // What needs more room than there is has no end.
    if (cells_[item.rest].depth + node.depth > grammar_->max_depth()) continue;
    if (node.kind == Kind::Repeat && grammar_->node(grammar_->children(node).front()).is_nullable) {
      const std::pair turn(item.node, item.rest);
      if (std::find(turns.begin(), turns.end(), turn) != turns.end()) continue;
      turns.push_back(turn);
    }
    expand_one(item, ways);
  }
}

void Situations::expand_one(const Item& item, std::vector<Way>& ways) {
  const Grammar::Node& node = grammar_->node(item.node);
  const auto go_on = [&] {
    if (item.rest == kNothing) {
      ways.push_back({kNothing, item.slots});
      return;
    }
    const Cell& next = cells_[item.rest];
    work_.push_back({next.node, next.state, next.extra, next.rest, item.slots});
  };
  const auto begin = [&](std::uint64_t state) {
    ways.push_back({cell(item.node, state, item.extra, item.rest), item.slots});
  };
  switch (node.kind) {
    case Kind::Literal:
    case Kind::Control:
    case Kind::Automaton: begin(item.state); return;
    case Kind::Domain: {
      const Grammar::DomainUse& use = grammar_->domain(node);
      const auto given = use.given ? slot_value(item.slots, *use.given) : 0;
      const chat::Domain::State state = use.domain->start(given);
      if (state != chat::Domain::kDead) {
        begin(state);
      } else {
        work_.push_back(fresh(use.otherwise, item.rest, item.slots));
      }
      return;
    }
    case Kind::Sequence: {
      const std::span<const NodeIndex> children = grammar_->children(node);
      if (item.state == children.size()) return go_on();
      const bool is_last = item.state + 1 == children.size();
      const std::uint32_t rest =
          is_last ? item.rest : cell(item.node, item.state + 1, 0, item.rest);
      work_.push_back(fresh(children[item.state], rest, item.slots));
      return;
    }
    case Kind::Choice: {
      const std::span<const NodeIndex> children = grammar_->children(node);
      for (auto child = children.rbegin(); child != children.rend(); ++child) {
        work_.push_back(fresh(*child, item.rest, item.slots));
      }
      return;
    }
    case Kind::Repeat: {
      const Count count = unpacked(item.extra);
      if (count.least == 0) go_on();
      if (count.most == 0) return;
      const std::uint32_t rest =
          count.most == 1 ? item.rest : cell(item.node, 0, packed(count.one_less()), item.rest);
      work_.push_back(fresh(grammar_->children(node).front(), rest, item.slots));
      return;
    }
    case Kind::Rule:
      work_.push_back(fresh(grammar_->children(node).front(), item.rest, item.slots));
      return;
  }
}

SituationId Situations::number_of(std::vector<Way>& ways) {
  if (ways.empty()) return kDeadSituation;
  std::sort(ways.begin(), ways.end());
  ways.erase(std::unique(ways.begin(), ways.end()), ways.end());
  const SituationId id = table_.number_of({ways});
  if (id == facts_.size()) {
    facts_.emplace_back();
    memory_ += ways.size() * sizeof(Way) + sizeof(Facts);
  }
  return id;
}

SituationId Situations::after(std::uint32_t rest, std::uint32_t slots) {
  const std::uint32_t key = after_keys_.number_of({rest, slots});
  if (key == after_.size()) {
    std::vector<Way> ways;
    expand_list(rest, slots, ways);
    after_.push_back(number_of(ways));
  }
  return after_[key];
}

const Situations::Facts& Situations::facts(SituationId id) {
  Facts& facts = facts_[id];
  if (facts.is_known) return facts;
  facts.is_known = true;
  facts.ways = table_[id].ways;
  for (std::size_t at = 0; at < facts.ways.size(); ++at) {
    const Way way = facts.ways[at];
    if (way.cell == kNothing) {
      facts.is_complete = true;
      continue;
    }
    const Cell head = cells_[way.cell];
    const Grammar::Node& node = grammar_->node(head.node);
    if (node.kind == Kind::Control) facts.controls.push_back(grammar_->control(node));
    if (node.kind == Kind::Domain) facts.has_domain = true;
    const SituationId then = after_run({head.node, head.rest, way.slots, head.state, head.extra});
    if (then == kDeadSituation || facts.ways.size() >= kMaxWays) continue;
    for (const Way other : table_[then].ways) {
      if (std::find(facts.ways.begin(), facts.ways.end(), other) == facts.ways.end()) {
        facts.ways.push_back(other);
      }
    }
  }
  std::sort(facts.controls.begin(), facts.controls.end());
  facts.controls.erase(std::unique(facts.controls.begin(), facts.controls.end()),
                       facts.controls.end());
  memory_ += facts.ways.size() * sizeof(Way);
  return facts;
}

void Situations::step_way(Way way, std::uint8_t byte, std::vector<Way>& ways) {
  if (way.cell == kNothing) return;
  const Cell head = cells_[way.cell];
  const Grammar::Node& node = grammar_->node(head.node);
  if (node.kind == Kind::Literal) {
    const std::string_view text = grammar_->text(node);
    if (static_cast<std::uint8_t>(text[head.state]) != byte) return;
    if (head.state + 1 == text.size()) {
      expand_list(head.rest, way.slots, ways);
    } else {
      ways.push_back({cell(head.node, head.state + 1, 0, head.rest), way.slots});
    }
    return;
  }
  if (node.kind != Kind::Automaton && node.kind != Kind::Domain) return;
  const std::optional<Run> next =
      step_run({head.node, head.rest, way.slots, head.state, head.extra}, byte);
  if (next) ways.push_back({cell(next->node, next->state, next->extra, next->rest), next->slots});
}

SituationId Situations::step(SituationId from, std::uint8_t byte) {
  if (const std::optional<Run> run = run_of(from)) {
    // Texts are long and go through many places once: no row for each of them.
    const SituationId after = after_run(*run);
    const SituationId then = after == kDeadSituation ? after : step(after, byte);
    const std::optional<Run> next = step_run(*run, byte);
    if (!next) return then;
    return then == kDeadSituation ? of_run(*next) : join(*next, then);
  }
  if (const Row* known = row(from)) return (*known)[byte];
  found_.clear();
  for (const Way way : facts(from).ways) step_way(way, byte, found_);
  return number_of(found_);
}

const Situations::Row* Situations::row(SituationId id) {
  const Facts& known = facts(id);
  if (known.has_domain) return nullptr;
  if (!known.row) {
    auto row = std::make_unique<Row>();
    fill_row(id, *row);
    facts_[id].row = std::move(row);
    memory_ += sizeof(Row);
  }
  return facts_[id].row.get();
}

// Bytes which every way takes alike lead to the same situation, so it is found once.
void Situations::fill_row(SituationId id, Row& row) {
  row.fill(kDeadSituation);
  std::array<std::uint16_t, 256> kinds{};  // bytes of one kind are taken alike
  std::uint16_t kind_count = 1;
  constexpr std::uint16_t kNew = 0xFFFF;
  renumbered_.resize(256 * 257, kNew);
  const std::vector<Way>& ways = facts(id).ways;
  ByteSet taken;
  for (const Way way : ways) {
    if (way.cell == kNothing) continue;
    const Cell& head = cells_[way.cell];
    const Grammar::Node& node = grammar_->node(head.node);
    if (node.kind == Kind::Literal) {
      const auto byte = static_cast<std::uint8_t>(grammar_->text(node)[head.state]);
      taken.add(byte);
      // Alone from now on; kinds that are split too far do no harm but to be asked twice.
      const bool is_shared = std::count(kinds.begin(), kinds.end(), kinds[byte]) > 1;
      if (is_shared) kinds[byte] = kind_count++;
    } else if (node.kind == Kind::Automaton) {
      const Dfa& dfa = grammar_->dfa(node);
      std::vector<std::size_t> keys;
      std::uint16_t count = 0;
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const auto value = static_cast<std::uint8_t>(byte);
        Count characters = unpacked(head.extra);
        const bool takes =
            step_counted(dfa, static_cast<Dfa::State>(head.state), value, characters) != Dfa::kDead;
        if (takes) taken.add(value);
        const std::size_t outcome = takes ? std::size_t{dfa.class_of(value)} + 1 : 0;
        const std::size_t key = kinds[byte] * std::size_t{257} + outcome;
        if (renumbered_[key] == kNew) {
          renumbered_[key] = count++;
          keys.push_back(key);
        }
        kinds[byte] = renumbered_[key];
      }
      kind_count = count;
      for (const std::size_t key : keys) renumbered_[key] = kNew;
    }
  }

  std::array<bool, 256> is_found{};
  std::array<SituationId, 256> found{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const auto value = static_cast<std::uint8_t>(byte);
    if (!taken.has(value)) continue;
    const std::size_t kind = kinds[byte];
    if (!is_found[kind]) {
      found_.clear();
      for (const Way way : ways) step_way(way, value, found_);
      found[kind] = number_of(found_);
      is_found[kind] = true;
    }
    row[byte] = found[kind];
  }
}

SituationId Situations::step_control(SituationId from, TokenId token) {
  found_.clear();
  for (const Way way : facts(from).ways) {
    if (way.cell == kNothing) continue;
    const Cell head = cells_[way.cell];
    const Grammar::Node& node = grammar_->node(head.node);
    if (node.kind == Kind::Control && grammar_->control(node) == token) {
      expand_list(head.rest, way.slots, found_);
    }
  }
  return number_of(found_);
}

std::optional<std::uint8_t> Situations::only_byte(SituationId id) {
  const Facts& known = facts(id);
  if (known.is_complete || !known.controls.empty()) return std::nullopt;
  std::optional<std::uint8_t> only;
  const auto add = [&](std::uint8_t byte) {
    const bool agrees = !only || *only == byte;
    only = byte;
    return agrees;
  };
  for (const Way way : known.ways) {
    const Cell& head = cells_[way.cell];
    const Grammar::Node& node = grammar_->node(head.node);
    if (node.kind == Kind::Literal) {
      if (!add(static_cast<std::uint8_t>(grammar_->text(node)[head.state]))) return std::nullopt;
      continue;
    }
    const Run run{head.node, head.rest, way.slots, head.state, head.extra};
    for (unsigned byte = 0; byte < 256; ++byte) {
      const auto value = static_cast<std::uint8_t>(byte);
      if (step_run(run, value) && !add(value)) return std::nullopt;
    }
  }
  return only;
}

std::optional<TokenId> Situations::only_control(SituationId id) {
  const Facts& known = facts(id);
  if (known.is_complete || known.controls.size() != 1) return std::nullopt;
  for (const Way way : known.ways) {
    if (grammar_->node(cells_[way.cell].node).kind != Kind::Control && reads_a_byte(way)) {
      return std::nullopt;
    }
  }
  return known.controls.front();
}

bool Situations::is_over(SituationId id) {
  const Facts& known = facts(id);
  return known.is_complete && known.controls.empty() &&
         std::none_of(known.ways.begin(), known.ways.end(),
                      [this](Way way) { return reads_a_byte(way); });
}

bool Situations::reads_a_byte(Way way) const {
  if (way.cell == kNothing) return false;
  const Cell& head = cells_[way.cell];
  const Kind kind = grammar_->node(head.node).kind;
  if (kind == Kind::Literal || kind == Kind::Control) return kind == Kind::Literal;
  const Run run{head.node, head.rest, way.slots, head.state, head.extra};
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (step_run(run, static_cast<std::uint8_t>(byte))) return true;
  }
  return false;
}

std::optional<Run> Situations::run_of(SituationId id) const {
  const std::vector<Way>& ways = table_[id].ways;
  if (ways.size() != 1 || ways.front().cell == kNothing) return std::nullopt;
  const Cell& head = cells_[ways.front().cell];
  const Kind kind = grammar_->node(head.node).kind;
  if (kind != Kind::Automaton && kind != Kind::Domain) return std::nullopt;
  return Run{head.node, head.rest, ways.front().slots, head.state, head.extra};
}

std::optional<Run> Situations::step_run(const Run& run, std::uint8_t byte) const {
  const Grammar::Node& node = grammar_->node(run.node);
  Run next = run;
  if (node.kind == Kind::Automaton) {
    Count count = unpacked(run.extra);
    const Dfa::State state =
        step_counted(grammar_->dfa(node), static_cast<Dfa::State>(run.state), byte, count);
    if (state == Dfa::kDead) return std::nullopt;
    next.state = state;
    next.extra = packed(count);
    return next;
  }
  const std::optional<DomainPlace> place =
      step_domain(grammar_->domain(node), DomainPlace::unpacked(run.state, run.extra), byte);
  if (!place) return std::nullopt;
  next.state = place->state;
  next.extra = place->packed();
  return next;
}

SituationId Situations::after_run(const Run& run) {
  const Grammar::Node& node = grammar_->node(run.node);
  if (node.kind == Kind::Automaton) {
    const bool ends = unpacked(run.extra).least == 0 &&
                      grammar_->dfa(node).accepts(static_cast<Dfa::State>(run.state));
    return ends ? after(run.rest, run.slots) : kDeadSituation;
  }
  if (node.kind != Kind::Domain) return kDeadSituation;
  const Grammar::DomainUse& use = grammar_->domain(node);
  if (!ends_domain(use, DomainPlace::unpacked(run.state, run.extra))) return kDeadSituation;
  return after(run.rest, use.keep ? slots_with(run.slots, *use.keep, run.state) : run.slots);
}

SituationId Situations::of_run(const Run& run) {
  found_.assign(1, {cell(run.node, run.state, run.extra, run.rest), run.slots});
  return number_of(found_);
}

SituationId Situations::join(const Run& run, SituationId other) {
  const std::vector<Way>& ways = table_[other].ways;
  found_.assign(ways.begin(), ways.end());
  found_.push_back({cell(run.node, run.state, run.extra, run.rest), run.slots});
  return number_of(found_);
}

std::uint32_t Situations::transfer(std::uint32_t list, const InternTable<Cell>& old,
                                   std::vector<std::uint32_t>& known) {
  constexpr std::uint32_t kUnknown = ~std::uint32_t{0};
  std::vector<std::uint32_t> path;  // lists are at most max_depth() long
  while (known[list] == kUnknown) {
    path.push_back(list);
    list = old[list].rest;
  }
  std::uint32_t moved = known[list];
  while (!path.empty()) {
    const Cell& one = old[path.back()];
    moved = cell(one.node, one.state, one.extra, moved);
    known[path.back()] = moved;
    path.pop_back();
  }
  return moved;
}

void Situations::forget_all_but(std::span<SituationId*> kept) {
  InternTable<Cell> old_cells = std::exchange(cells_, {});
  const InternTable<Slots> old_slots = std::exchange(slots_, {});
  const InternTable<Situation> old_table = std::exchange(table_, {});
  start_anew();
  std::vector<std::uint32_t> known(old_cells.size(), ~std::uint32_t{0});
  known[kNothing] = kNothing;
  for (SituationId* id : kept) {
    if (*id == kDeadSituation) continue;
    std::vector<Way> ways;
    for (const Way way : old_table[*id].ways) {
      ways.push_back(
          {transfer(way.cell, old_cells, known), slots_.number_of(old_slots[way.slots])});
    }
    *id = number_of(ways);
  }
}

}  // namespace temper::engine
