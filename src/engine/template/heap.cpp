#include "engine/template/heap.h"

#include <algorithm>

#include "engine/template/value.h"

namespace temper::engine::jinja {
namespace {

constexpr std::size_t kMaxNesting = 200;  // of containers: they are walked by recursion
constexpr std::size_t kFewKeys = 16;      // are found faster one after the other

// Beside what it accounts for, so that one allocation holds both.
struct ChargedText {
  MarkedText text;
  Charge charge;
};

std::vector<std::uint32_t> sorted_text_keys(const std::vector<Dict::Entry>& entries) {
  std::vector<std::uint32_t> order;
  if (entries.size() <= kFewKeys) return order;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].first.text() != nullptr) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    return entries[left].first.text()->bytes() < entries[right].first.text()->bytes();
  });
  return order;
}

}  // namespace

Heap::~Heap() {
  for (const std::shared_ptr<Object>& object : kept_) object->clear();
}

bool Heap::spend(std::uint64_t steps) {
  if (steps_left_ < steps) {
    steps_left_ = 0;
    exceed(Exceeded::Steps);
    return false;
  }
  steps_left_ -= steps;
  return exceeded_ == Exceeded::Nothing;
}

void Charge::take(Heap& heap, std::size_t bytes) {
  if (bytes > heap.room_) {
    heap.exceed(Exceeded::Memory);
    return;
  }
  heap.room_ -= bytes;
  heap_ = &heap;
  bytes_ = bytes;
}

bool TextBuilder::fits(std::size_t more) {
  if (heap_->exceeded() != Exceeded::Nothing) return false;
  if (more > heap_->room() || text_.size() > heap_->room() - more) {
    heap_->exceed(Exceeded::Memory);
    return false;
  }
  return heap_->spend_on_bytes(more);
}

void TextBuilder::append_repeated(const MarkedText& piece, std::size_t count) {
  if (piece.empty()) return;
  if (count > heap_->room() / piece.size() || !fits(count * piece.size())) {
    heap_->exceed(Exceeded::Memory);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) text_.append(piece);
}

Value Heap::text(MarkedText text) {
  spend_on_bytes(text.size());
  const auto charged = std::make_shared<ChargedText>();
  charged->text = std::move(text);
  charged->charge.take(*this, sizeof(ChargedText) + charged->text.memory_bytes());
  return Value(std::shared_ptr<const MarkedText>(charged, &charged->text));
}

Value Heap::text(std::string bytes, Trust trust) {
  return text(MarkedText(std::move(bytes), trust));
}

Value Heap::list(std::vector<Value> items) { return list(std::move(items), ListKind::List); }

Value Heap::list(std::vector<Value> items, ListKind kind) {
  std::size_t deepest = 0;
  for (const Value& item : items) deepest = std::max(deepest, item.depth());
  if (deepest >= kMaxNesting) {
    exceed(Exceeded::Nesting);
    return {};
  }
  spend(items.size());
  const auto list = std::make_shared<List>();
  list->items = std::move(items);
  list->kind = kind;
  list->depth = deepest + 1;
  list->charge.take(*this, sizeof(List) + list->items.capacity() * sizeof(Value));
  return Value(std::shared_ptr<const List>(list));
}

Value Heap::dict(std::vector<Dict::Entry> entries) {
  std::size_t deepest = 0;
  for (const auto& [key, value] : entries) {
    deepest = std::max({deepest, key.depth(), value.depth()});
  }
  if (deepest >= kMaxNesting) {
    exceed(Exceeded::Nesting);
    return {};
  }
  spend(entries.size());
  const auto dict = std::make_shared<Dict>();
  dict->entries = std::move(entries);
  dict->by_text = sorted_text_keys(dict->entries);
  dict->depth = deepest + 1;
  dict->charge.take(*this, sizeof(Dict) + dict->entries.capacity() * sizeof(Dict::Entry));
  return Value(std::shared_ptr<const Dict>(dict));
}

}  // namespace temper::engine::jinja
