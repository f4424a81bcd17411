// The functions that every template has.
#include <algorithm>

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "engine/template/builtins.h"
#include "engine/template/operators.h"
#include "engine/template/shown.h"
#include "engine/template/strftime.h"

namespace temper::engine::jinja {
namespace {

Value object_value(std::shared_ptr<Object> object) { return Value(std::move(object)); }

Result<Value> range(Runtime& runtime, const Value&, const Bound& given) {
  constexpr std::int64_t kLongest = 100'000;  // as in Jinja's sandbox
  const bool only_end = given[1] == nullptr;
  const std::int64_t from = only_end ? 0 : TRY(given.integer(0, 0));
  const std::int64_t to = TRY(given.integer(only_end ? 0 : 1, 0));
  const std::int64_t step = TRY(given.integer(2, 1));
  if (step == 0) return Error{Code::Invalid, "the step of a range cannot be 0"};
  std::vector<Value> items;
  std::int64_t at = from;
  while (step > 0 ? at < to : at > to) {
    if (static_cast<std::int64_t>(items.size()) == kLongest) {
      return Error{Code::Limit, format("a range has more than {} numbers", kLongest)};
    }
    items.emplace_back(at);
    if (__builtin_add_overflow(at, step, &at)) break;
  }
  return runtime.heap.list(std::move(items));
}

// The entries of dict(...) and namespace(...): of a mapping or of pairs, and named ones.
Result<std::vector<Dict::Entry>> entries_of(Runtime& runtime, const Bound& given) {
  std::vector<Dict::Entry> entries;
  const auto set = [&](const Value& key, const Value& value) {
    for (Dict::Entry& entry : entries) {
      runtime.heap.spend();
      if (!same_scalar(entry.first, key)) continue;
      entry.second = value;
      return;
    }
    entries.emplace_back(key, value);
  };
  const std::vector<Value>& positional = given.rest().positional;
  if (positional.size() > 1) return Error{Code::Invalid, "there is more than one mapping to copy"};
  if (!positional.empty() && positional.front().dict() != nullptr) {
    entries = positional.front().dict()->entries;
  } else if (!positional.empty()) {
    for (const Value& pair : TRY(items_of(runtime.heap, positional.front()))) {
      const std::vector<Value> both = TRY(items_of(runtime.heap, pair));
      if (both.size() != 2 || !is_hashable(both[0])) {
        return Error{Code::Invalid, "a mapping is made of pairs of a key and a value"};
      }
      set(both[0], both[1]);
    }
  }
  for (const auto& [name, value] : given.rest().named) {
    set(runtime.heap.text(std::string(name), Trust::Untrusted), value);
  }
  return entries;
}

Result<Value> dict(Runtime& runtime, const Value&, const Bound& given) {
  return runtime.heap.dict(TRY(entries_of(runtime, given)));
}

Result<Value> make_namespace(Runtime& runtime, const Value&, const Bound& given) {
  const auto made = std::make_shared<Namespace>(runtime.heap);
  runtime.heap.keep(made);
  for (const auto& [key, value] : TRY(entries_of(runtime, given))) {
    if (key.text() == nullptr) {
      return Error{Code::Invalid, format("{} cannot be the name of an attribute", describe(key))};
    }
    made->set(key.text()->bytes(), value);
  }
  return object_value(made);
}

// The one error that a template raises on purpose; see ChatTemplate::render.
Result<Value> raise_exception(Runtime& runtime, const Value&, const Bound& given) {
  constexpr std::size_t kLongest = 1000;
  const Value message = given[0] == nullptr ? Value::constant("") : shown(runtime.heap, *given[0]);
  const std::string_view kept = truncate_bytes(message.text()->bytes(), kLongest);
  return Error{Code::Denied,
               "the template refuses this conversation: " + printable(kept, LineBreaks::Escape)};
}

Result<Value> strftime_now(Runtime& runtime, const Value&, const Bound& given) {
  const MarkedText* pattern = TRY(given.text(0));
  const Trust trust = pattern->all_trusted() ? Trust::Trusted : Trust::Untrusted;
  return runtime.heap.text(TRY(strftime(pattern->bytes(), runtime.now)), trust);
}

// ---- cycler(...) and joiner(...) ----

std::size_t deepest(const std::vector<Value>& items) {
  std::size_t depth = 0;
  for (const Value& item : items) depth = std::max(depth, item.depth());
  return depth;
}

class Cycler final : public Object {
 public:
  Cycler(Heap& heap, std::vector<Value> items)
      : Object(heap, deepest(items)), items_(std::move(items)) {}

  std::string_view noun() const override { return "a cycler"; }
  std::string shown() const override { return "<Cycler>"; }
  std::optional<Value> attribute(std::string_view name) const override {
    if (name == "current") return items_[place_];
    return std::nullopt;
  }
  const Builtin* method(std::string_view name) const override;

  Value next() {
    const Value& item = items_[place_];
    place_ = (place_ + 1) % items_.size();
    return item;
  }
  void reset() { place_ = 0; }

 private:
  std::vector<Value> items_;  // at least one
  std::size_t place_ = 0;
};

Result<Value> cycler_next(Runtime&, const Value& self, const Bound&) {
  return static_cast<Cycler*>(self.object())->next();
}

Result<Value> cycler_reset(Runtime&, const Value& self, const Bound&) {
  static_cast<Cycler*>(self.object())->reset();
  return Value(None{});
}

constexpr Builtin kCyclerMethods[] = {{"next", cycler_next, {}}, {"reset", cycler_reset, {}}};

const Builtin* Cycler::method(std::string_view name) const { return find_in(kCyclerMethods, name); }

Result<Value> cycler(Runtime& runtime, const Value&, const Bound& given) {
  if (given.rest().positional.empty()) return Error{Code::Invalid, "a cycler needs an item"};
  return object_value(std::make_shared<Cycler>(runtime.heap, given.rest().positional));
}

// Gives nothing when it is first called, and its separator from then on.
class Joiner final : public Object {
 public:
  Joiner(Heap& heap, Value separator)
      : Object(heap, separator.depth()), separator_(std::move(separator)) {}

  std::string_view noun() const override { return "a joiner"; }
  std::string shown() const override { return "<Joiner>"; }
  bool callable() const override { return true; }
  Result<Value> call(const Arguments&) override {
    return std::exchange(used_, true) ? separator_ : Value::constant("");
  }

 private:
  Value separator_;
  bool used_ = false;
};

Result<Value> joiner(Runtime& runtime, const Value&, const Bound& given) {
  return object_value(std::make_shared<Joiner>(
      runtime.heap, given[0] == nullptr ? Value::constant(", ") : *given[0]));
}

constexpr Builtin kGlobals[] = {
    {"range", range, {"start", "stop?", "step?"}},
    {"dict", dict, {"*"}},
    {"namespace", make_namespace, {"*"}},
    {"raise_exception", raise_exception, {"message?"}},
    {"strftime_now", strftime_now, {"format"}},
    {"cycler", cycler, {"*"}},
    {"joiner", joiner, {"sep?"}},
};

}  // namespace

std::span<const Builtin> globals() { return kGlobals; }

}  // namespace temper::engine::jinja
