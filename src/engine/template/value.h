// The values of the template language: Python's, as far as a template can see them.
//
// Copies are cheap and share what they hold, which never changes; only objects
// (namespaces, loops) do. What can be done with values: operators.h, access.h, shown.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "engine/template/heap.h"
#include "engine/template/marked_text.h"

namespace temper::engine::jinja {

struct List;
struct Dict;
class Object;

// What a name or an attribute that does not exist gives; it fails where it is used, not
// where it is read. `expression` is how the template wrote it, for that error.
struct Undefined {
  std::string_view expression;
};
struct None {};

class Value {
 public:
  enum class Kind { Undefined, None, Boolean, Integer, Float, String, List, Dict, Object };

  Value() = default;  // undefined
  explicit Value(Undefined undefined) : held_(undefined) {}
  explicit Value(None none) : held_(none) {}
  explicit Value(bool value) : held_(value) {}
  explicit Value(std::int64_t value) : held_(value) {}
  explicit Value(double value) : held_(value) {}
  explicit Value(std::shared_ptr<const MarkedText> text) : held_(std::move(text)) {}
  explicit Value(std::shared_ptr<const List> list) : held_(std::move(list)) {}
  explicit Value(std::shared_ptr<const Dict> dict) : held_(std::move(dict)) {}
  explicit Value(std::shared_ptr<Object> object) : held_(std::move(object)) {}
  Value(const void*) = delete;  // no pointer becomes a boolean

  static Value of_size(std::size_t size) { return Value(static_cast<std::int64_t>(size)); }
  // A text of the template itself, which no heap accounts for.
  static Value constant(std::string text);

  Kind kind() const { return static_cast<Kind>(held_.index()); }
  bool is(Kind kind) const { return this->kind() == kind; }
  bool is_undefined() const { return is(Kind::Undefined); }
  bool is_none() const { return is(Kind::None); }

  // What it is, or null where it is of another kind.
  const Undefined* undefined() const { return std::get_if<Undefined>(&held_); }
  const bool* boolean() const { return std::get_if<bool>(&held_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&held_); }
  const double* floating() const { return std::get_if<double>(&held_); }
  const MarkedText* text() const { return pointed<const MarkedText>(); }
  const List* list() const { return pointed<const List>(); }
  const Dict* dict() const { return pointed<const Dict>(); }
  Object* object() const { return pointed<Object>(); }
  std::shared_ptr<const List> shared_list() const {
    return std::get<std::shared_ptr<const List>>(held_);
  }

  // In Python a boolean is a number as well: 1 or 0.
  std::optional<std::int64_t> as_integer() const;

  bool truthy() const;
  // How many containers are in each other here.
  std::size_t depth() const;

 private:
  template <typename T>
  T* pointed() const {
    const auto* held = std::get_if<std::shared_ptr<T>>(&held_);
    return held == nullptr ? nullptr : held->get();
  }

  std::variant<Undefined, None, bool, std::int64_t, double, std::shared_ptr<const MarkedText>,
               std::shared_ptr<const List>, std::shared_ptr<const Dict>, std::shared_ptr<Object>>
      held_;
};

// What Python would have as a lazy generator is a list here that is always true, for that
// is what such an object is to an `if`.
enum class ListKind : std::uint8_t { List, Tuple, Generator };

struct List {
  std::vector<Value> items;
  ListKind kind = ListKind::List;
  std::size_t depth = 1;
  Charge charge;
};

// In the order of writing.
struct Dict {
  using Entry = std::pair<Value, Value>;

  const Value* find(std::string_view key) const;
  const Value* find(const Value& key) const;

  std::vector<Entry> entries;
  std::vector<std::uint32_t> by_text;  // the entries with text keys, sorted; empty where few
  std::size_t depth = 1;
  Charge charge;
};

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string_view, Value>> named;
  std::vector<Value> kept;  // what the names are views of, where that is a value

  const Value* find(std::string_view name) const;
};

struct Builtin;

// A thing with attributes, or that can be called: a namespace, a macro, a loop.
class Object {
 public:
  Object(Heap& heap, std::size_t depth);
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  virtual std::string_view noun() const = 0;  // "a macro", for errors
  virtual std::string shown() const = 0;      // what printing it prints
  virtual std::optional<Value> attribute(std::string_view) const { return std::nullopt; }
  virtual const Builtin* method(std::string_view) const { return nullptr; }
  virtual bool callable() const { return false; }
  virtual Result<Value> call(const Arguments& arguments);
  // Lets go of what it could be changed to hold.
  virtual void clear() {}

  std::size_t depth() const { return depth_; }

 private:
  std::size_t depth_;
  Charge charge_;
};

// namespace(...): the one thing a template may change from within a loop.
class Namespace final : public Object {
 public:
  explicit Namespace(Heap& heap) : Object(heap, 0) {}

  std::string_view noun() const override { return "a namespace"; }
  std::string shown() const override { return "<Namespace>"; }
  std::optional<Value> attribute(std::string_view name) const override;
  void set(std::string_view name, Value value);
  void clear() override { members_.clear(); }

 private:
  std::vector<std::pair<std::string, Value>> members_;
};

// "a string", "none", "a list": how errors call it; undefined ones with what was asked for.
std::string describe(const Value& value);

}  // namespace temper::engine::jinja
