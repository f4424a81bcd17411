// Makes the values of one rendering, and keeps account of what they and the work take.
//
// Over a limit nothing fails at once: what was asked for comes back empty, exceeded()
// says so from then on, and the interpreter, which asks after every operation, ends the
// rendering. So the many functions on values need not check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/template/limits.h"
#include "engine/template/marked_text.h"

namespace temper::engine::jinja {

class Value;
class Object;
enum class ListKind : std::uint8_t;

enum class Exceeded { Nothing, Steps, Memory, Nesting };

// Must outlive the values it made. One thread.
class Heap {
 public:
  explicit Heap(const TemplateLimits& limits)
      : steps_left_(limits.max_steps), room_(limits.max_memory_bytes) {}
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

  Value text(MarkedText text);
  Value text(std::string bytes, Trust trust);
  Value list(std::vector<Value> items);
  Value list(std::vector<Value> items, ListKind kind);
  // The caller vouches for unique keys.
  Value dict(std::vector<std::pair<Value, Value>> entries);

  // An object that can be changed later lives until the heap ends, so that no chain or
  // circle of them is destroyed in one go or never.
  void keep(std::shared_ptr<Object> object) { kept_.push_back(std::move(object)); }

  // Notes so much work; false when it is too much. With size, for what goes over text.
  bool spend(std::uint64_t steps = 1);
  bool spend_on_bytes(std::size_t bytes) { return spend(bytes / 64 + 1); }

  Exceeded exceeded() const { return exceeded_; }
  void exceed(Exceeded what) {
    if (exceeded_ == Exceeded::Nothing) exceeded_ = what;
  }
  // How many bytes may still be taken.
  std::size_t room() const { return room_; }

 private:
  friend class Charge;

  std::uint64_t steps_left_;
  std::size_t room_;
  Exceeded exceeded_ = Exceeded::Nothing;
  std::vector<std::shared_ptr<Object>> kept_;
};

// Memory that a value holds, given back when it goes.
class Charge {
 public:
  Charge() = default;  // of constants, which are no one's
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;
  ~Charge() {
    if (heap_ != nullptr) heap_->room_ += bytes_;
  }

  // Once; where there is no room, nothing is taken and the heap says so.
  void take(Heap& heap, std::size_t bytes);

 private:
  Heap* heap_ = nullptr;
  std::size_t bytes_ = 0;
};

// A text that is put together, no longer than there is room for.
class TextBuilder {
 public:
  explicit TextBuilder(Heap& heap) : heap_(&heap) {}

  void append(std::string_view piece, Trust trust) {
    if (fits(piece.size())) text_.append(piece, trust);
  }
  void append(const MarkedText& text) { append(text, 0, text.size()); }
  void append(const MarkedText& text, std::size_t begin, std::size_t end) {
    if (fits(end - begin)) text_.append(text, begin, end);
  }
  void append_repeated(const MarkedText& piece, std::size_t count);

  MarkedText take() { return std::move(text_); }

 private:
  bool fits(std::size_t more);

  Heap* heap_;
  MarkedText text_;
};

}  // namespace temper::engine::jinja
