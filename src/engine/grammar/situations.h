// Where a text can be within a grammar: all the ways in which what was read so far can go
// on, as one number.
//
// A way is a list of what is still to come: the part that reads next, then what comes
// after it, and so on; a rule within a rule makes the list longer. Lists share their ends
// and equal ones are one, so a situation, a set of ways, is a set of numbers, and equal
// sets are one situation. Where a byte leads is found when it is first asked and then
// known: an automaton that is built as far as texts go.
//
// From each situation a whole text can be reached; it knows nothing of tokens' bytes. Not
// safe to share among threads.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/grammar/grammar.h"
#include "engine/grammar/intern_table.h"

namespace temper::engine {

using SituationId = std::uint32_t;
inline constexpr SituationId kDeadSituation = ~SituationId{0};

// A single way that reads an automaton or a domain: it can be followed byte by byte
// without a number for each place.
struct Run {
  NodeIndex node = 0;
  std::uint32_t rest = 0;
  std::uint32_t slots = 0;
  std::uint64_t state = 0;
  std::uint64_t extra = 0;  // characters that may come, or the place in an escape
};

class Situations {
 public:
  using Row = std::array<SituationId, 256>;

  explicit Situations(const std::shared_ptr<const Grammar>& grammar);
  // Of one of its nodes alone.
  Situations(std::shared_ptr<const Grammar> grammar, NodeIndex root);

  const Grammar& grammar() const { return *grammar_; }
  SituationId start() const { return start_; }
  // kDeadSituation where nothing goes on like that.
  SituationId step(SituationId from, std::uint8_t byte);
  SituationId step_control(SituationId from, TokenId token);

  // May the text end here?
  bool is_complete(SituationId id) { return facts(id).is_complete; }
  // The control tokens that may come, sorted.
  const std::vector<TokenId>& controls(SituationId id) { return facts(id).controls; }
  // May it only end here?
  bool is_over(SituationId id);
  // The byte or the control token that must come: there is nothing else, and no end.
  std::optional<std::uint8_t> only_byte(SituationId id);
  std::optional<TokenId> only_control(SituationId id);
  // Where each byte leads, if the situation reads no domain: those may lead to very many.
  const Row* row(SituationId id);

  std::optional<Run> run_of(SituationId id) const;
  // After a byte within what the run reads; nullopt where it does not go on.
  std::optional<Run> step_run(const Run& run, std::uint8_t byte) const;
  // Where it may end: what comes then. kDeadSituation elsewhere.
  SituationId after_run(const Run& run);
  // Both at once: the run or, as it has ended before, the other.
  SituationId join(const Run& run, SituationId other);
  SituationId of_run(const Run& run);
  const Grammar::Node& node_of(const Run& run) const { return grammar_->node(run.node); }

  // Roughly, in bytes.
  std::size_t memory() const { return memory_ + cells_.memory() + table_.memory(); }
  // Forgets everything but these, whose numbers change.
  void forget_all_but(std::span<SituationId*> kept);

 private:
  static constexpr std::uint32_t kNothing = 0;  // the list of no parts: the text is over

  // One part of a list, and the list after it.
  struct Cell {
    std::uint64_t state = 0;  // Literal: bytes read; Automaton, Domain: theirs; Sequence: child
    std::uint64_t extra = 0;  // Automaton, Repeat: the count; Domain: the place in an escape
    NodeIndex node = 0;
    std::uint32_t rest = kNothing;
    std::uint32_t depth = 0;  // so many cells the list has

    bool operator==(const Cell& other) const {
      return state == other.state && extra == other.extra && node == other.node &&
             rest == other.rest;
    }
    std::uint64_t hash() const { return mix_hash(mix_hash(mix_hash(state, extra), node), rest); }
  };
  // The final states that domains left, by slot.
  struct Slots {
    std::vector<std::uint64_t> values;
    bool operator==(const Slots&) const = default;
    std::uint64_t hash() const;
  };
  struct Way {
    std::uint32_t cell = kNothing;
    std::uint32_t slots = 0;
    auto operator<=>(const Way&) const = default;  // NOLINT(modernize-use-nullptr)
  };
  struct Situation {
    std::vector<Way> ways;  // sorted
    bool operator==(const Situation&) const = default;
    std::uint64_t hash() const;
  };
  struct Facts {
    std::vector<Way> ways;  // with those that come where a part may end here
    std::vector<TokenId> controls;
    bool is_known = false;
    bool is_complete = false;
    bool has_domain = false;
    std::unique_ptr<Row> row;
  };
  // A part that is about to be read.
  struct Item {
    NodeIndex node = 0;
    std::uint64_t state = 0;
    std::uint64_t extra = 0;
    std::uint32_t rest = kNothing;
    std::uint32_t slots = 0;
  };
  struct After {
    std::uint32_t rest = 0;
    std::uint32_t slots = 0;
    bool operator==(const After&) const = default;
    std::uint64_t hash() const { return mix_hash(rest, slots); }
  };

  void start_anew();
  const Facts& facts(SituationId id);
  void fill_row(SituationId id, Row& row);
  SituationId number_of(std::vector<Way>& ways);
  SituationId after(std::uint32_t rest, std::uint32_t slots);

  std::uint32_t cell(NodeIndex node, std::uint64_t state, std::uint64_t extra, std::uint32_t rest);
  std::uint32_t slots_with(std::uint32_t slots, SlotId slot, std::uint64_t value);
  std::uint64_t slot_value(std::uint32_t slots, SlotId slot) const;
  Item fresh(NodeIndex index, std::uint32_t rest, std::uint32_t slots) const;

  // Add to `ways` those which begin with what reads a symbol: what the item, or the list,
  // stands for.
  void expand(const Item& start, std::vector<Way>& ways);
  void expand_list(std::uint32_t list, std::uint32_t slots, std::vector<Way>& ways);
  void expand_one(const Item& item, std::vector<Way>& ways);
  bool reads_a_byte(Way way) const;
  void step_way(Way way, std::uint8_t byte, std::vector<Way>& ways);

  std::uint32_t transfer(std::uint32_t list, const InternTable<Cell>& old,
                         std::vector<std::uint32_t>& known);

  std::shared_ptr<const Grammar> grammar_;
  NodeIndex root_;
  InternTable<Cell> cells_;  // the first stands for kNothing
  InternTable<Slots> slots_;
  InternTable<Situation> table_;
  std::deque<Facts> facts_;  // by situation
  InternTable<After> after_keys_;
  std::vector<SituationId> after_;  // by key
  SituationId start_ = kDeadSituation;
  std::size_t memory_ = 0;  // of rows and ways

  std::vector<Item> work_;                 // of expand()
  std::vector<Way> found_;                 // of step()
  std::vector<std::uint16_t> renumbered_;  // of fill_row()
};

}  // namespace temper::engine
