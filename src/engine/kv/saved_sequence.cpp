#include "engine/kv/saved_sequence.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "base/atomic_file.h"
#include "base/format.h"
#include "base/mapped_file.h"
#include "base/sha256.h"

namespace temper::engine {
namespace {

constexpr std::string_view kMagic = "temperSQ";
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kNone = 0xffff'ffff;  // in place of a page or a state

std::string describe(const CacheLayout& layout) {
  std::string text = format("{} {}", kv_type_name(layout.type()), layout.shape().state_floats);
  for (const CacheLayer& layer : layout.shape().layers) {
    text += format(";{} {} {}", layer.kv_heads, layer.head_size, layer.window);
  }
  return text;
}

std::size_t pages_for(std::size_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

// -------------------------------------------------------------------- writing

class Writer {
 public:
  Writer(AtomicFile& file, const StopToken& stop) : file_(file), stop_(stop) {}

  Result<void> bytes(std::string_view bytes) {
    if (stop_.stop_requested()) return stopped_error("saving a sequence");
    hash_.update(bytes);
    return file_.append(bytes);
  }
  Result<void> number(std::uint32_t value) {
    return bytes({reinterpret_cast<const char*>(&value), sizeof value});
  }
  Result<void> text(std::string_view text) {
    TRY(number(static_cast<std::uint32_t>(text.size())));
    return bytes(text);
  }
  Result<void> finish() {
    const Sha256Digest digest = hash_.finish();
    TRY(file_.append({reinterpret_cast<const char*>(digest.data()), digest.size()}));
    return file_.commit();
  }

 private:
  AtomicFile& file_;
  const StopToken& stop_;
  Sha256 hash_;
};

// Numbers for what is written once and referred to.
template <typename Pointer>
class Numbering {
 public:
  std::uint32_t of(const Pointer& pointer) {
    if (pointer == nullptr) return kNone;
    const auto [at, added] = numbers_.try_emplace(pointer.get(), all_.size());
    if (added) all_.push_back(pointer);
    return static_cast<std::uint32_t>(at->second);
  }
  const std::vector<Pointer>& all() const { return all_; }

 private:
  std::map<const void*, std::size_t> numbers_;
  std::vector<Pointer> all_;
};

// -------------------------------------------------------------------- reading

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, std::string path)
      : bytes_(bytes), path_(std::move(path)) {}

  Error damaged(std::string_view what) const {
    return {Code::Corrupt,
            format("{}: {}; delete it, the conversation will be read anew", path_, what)};
  }
  const std::string& path() const { return path_; }
  std::size_t left() const { return bytes_.size() - at_; }

  Result<std::span<const std::byte>> bytes(std::size_t count) {
    if (count > left()) return damaged("this saved sequence ends too early");
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }
  Result<std::uint32_t> number() {
    std::uint32_t value = 0;
    const std::span<const std::byte> from = TRY(bytes(sizeof value));
    std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  Result<std::string_view> text() {
    const std::uint32_t length = TRY(number());
    const std::span<const std::byte> from = TRY(bytes(length));
    return std::string_view(reinterpret_cast<const char*>(from.data()), from.size());
  }
  // A count of things of at least `size` bytes each, which must be there.
  Result<std::uint32_t> count_of(std::size_t size) {
    const std::uint32_t count = TRY(number());
    if (count > left() / std::max<std::size_t>(1, size)) {
      return damaged("this saved sequence ends too early");
    }
    return count;
  }

 private:
  std::span<const std::byte> bytes_;
  std::string path_;
  std::size_t at_ = 0;
};

// One place that can be gone back to: the end, or a mark.
struct Place {
  std::uint32_t position = 0;
  std::uint32_t state = kNone;
  std::vector<std::vector<std::uint32_t>> pages;  // [group][page]
};

struct Index {
  std::vector<TokenId> tokens;
  std::vector<std::uint32_t> page_counts;  // of each group
  std::uint32_t states = 0;
  std::vector<Place> places;  // the marks, and last the end
};

Result<void> check_kind(Reader& reader, const CacheLayout& layout, const std::string& fingerprint) {
  const std::span<const std::byte> magic = TRY(reader.bytes(kMagic.size()));
  if (std::memcmp(magic.data(), kMagic.data(), kMagic.size()) != 0) {
    return Error{Code::Corrupt, format("{} is no saved sequence", reader.path())};
  }
  const std::uint32_t version = TRY(reader.number());
  if (version != kVersion) {
    return Error{Code::Unsupported,
                 format("{} is a saved sequence of version {}, and this program knows version {}; "
                        "delete it, the conversation will be read anew",
                        reader.path(), version, kVersion)};
  }
  if (TRY(reader.text()) != fingerprint) {
    return Error{Code::Conflict, format("{} was saved with another model; load that one, or begin "
                                        "the conversation anew",
                                        reader.path())};
  }
  if (TRY(reader.text()) != describe(layout)) {
    return Error{Code::Conflict,
                 format("{} was saved with another type of cache, or with the draft head where "
                        "there is none now; load the model as it was, or begin anew",
                        reader.path())};
  }
  return {};
}

Result<std::uint32_t> read_reference(Reader& reader, std::uint32_t count) {
  const std::uint32_t number = TRY(reader.number());
  if (number != kNone && number >= count) {
    return reader.damaged("this saved sequence refers to what is not in it");
  }
  return number;
}

// A group's pages must be there from the first that is needed on; a window's earlier ones may be.
Result<void> check_pages(const Reader& reader, const CacheLayout& layout, const Place& place) {
  for (std::size_t group = 0; group < place.pages.size(); ++group) {
    const std::size_t first = layout.first_page(group, place.position);
    for (std::size_t page = first; page < place.pages[group].size(); ++page) {
      if (place.pages[group][page] == kNone) {
        return reader.damaged("this saved sequence lacks a page");
      }
    }
  }
  return {};
}

// `is_mark`: only pages of windows are kept there.
Result<Place> read_place(Reader& reader, const CacheLayout& layout, const Index& index,
                         bool is_mark, std::uint32_t after) {
  Place place;
  place.position = TRY(reader.number());
  if (place.position > index.tokens.size() || place.position < after) {
    return reader.damaged("this saved sequence has a mark outside of itself");
  }
  place.state = TRY(read_reference(reader, index.states));
  const bool has_state = place.state != kNone;
  if (has_state != (layout.shape().state_floats != 0 && place.position > 0)) {
    return reader.damaged("this saved sequence lacks a state");
  }
  for (std::size_t group = 0; group < layout.groups().size(); ++group) {
    std::vector<std::uint32_t>& pages = place.pages.emplace_back();
    if (is_mark && layout.groups()[group].window == 0) continue;
    for (std::size_t page = 0; page < pages_for(place.position); ++page) {
      pages.push_back(TRY(read_reference(reader, index.page_counts[group])));
    }
  }
  TRY(check_pages(reader, layout, place));
  return place;
}

Result<Index> read_index(Reader& reader, const CacheLayout& layout,
                         const std::string& fingerprint) {
  TRY(check_kind(reader, layout, fingerprint));
  Index index;
  const std::uint32_t tokens = TRY(reader.count_of(sizeof(TokenId)));
  const std::span<const std::byte> ids = TRY(reader.bytes(tokens * sizeof(TokenId)));
  index.tokens.resize(tokens);
  if (tokens > 0) std::memcpy(index.tokens.data(), ids.data(), ids.size());
  for (const CacheLayout::Group& group : layout.groups()) {
    index.page_counts.push_back(TRY(reader.count_of(group.page_bytes)));
  }
  index.states = TRY(reader.count_of(layout.state_bytes()));
  const std::uint32_t marks = TRY(reader.count_of(2 * sizeof(std::uint32_t)));
  std::uint32_t after = 0;
  for (std::uint32_t i = 0; i <= marks; ++i) {
    index.places.push_back(TRY(read_place(reader, layout, index, i < marks, after)));
    after = index.places.back().position + (i + 1 < marks ? 1 : 0);
  }
  if (index.places.back().position != tokens) {
    return reader.damaged("this saved sequence ends elsewhere than its tokens");
  }
  return index;
}

Result<void> check_digest(std::span<const std::byte> bytes, const std::string& path) {
  if (bytes.size() < Sha256Digest{}.size()) {
    return Error{Code::Corrupt, format("{} is no saved sequence", path)};
  }
  const std::size_t body = bytes.size() - Sha256Digest{}.size();
  Sha256 hash;
  hash.update(bytes.first(body));
  const Sha256Digest digest = hash.finish();
  if (std::memcmp(digest.data(), bytes.data() + body, digest.size()) != 0) {
    return Error{Code::Corrupt,
                 format("{} is damaged: its checksum is wrong; delete it, the conversation will be "
                        "read anew",
                        path)};
  }
  return {};
}

}  // namespace

// What of a Sequence is saved, and how one is put together again.
class SavedSequence {
 public:
  static Result<void> save(const Sequence& sequence, const std::string& fingerprint,
                           Writer& writer) {
    const CacheLayout& layout = sequence.store_->layout();
    std::vector<Numbering<PageRef>> pages(layout.groups().size());
    Numbering<StateRef> states;
    const std::vector<std::uint32_t> places = number_places(sequence, pages, states);

    TRY(writer.bytes(kMagic));
    TRY(writer.number(kVersion));
    TRY(writer.text(fingerprint));
    TRY(writer.text(describe(layout)));
    TRY(writer.number(static_cast<std::uint32_t>(sequence.tokens_.size())));
    TRY(writer.bytes({reinterpret_cast<const char*>(sequence.tokens_.data()),
                      sequence.tokens_.size() * sizeof(TokenId)}));
    for (const Numbering<PageRef>& group : pages) {
      TRY(writer.number(static_cast<std::uint32_t>(group.all().size())));
    }
    TRY(writer.number(static_cast<std::uint32_t>(states.all().size())));
    TRY(writer.number(static_cast<std::uint32_t>(sequence.marks_.size())));
    for (const std::uint32_t number : places) TRY(writer.number(number));
    for (std::size_t group = 0; group < pages.size(); ++group) {
      for (const PageRef& page : pages[group].all()) {
        TRY(writer.bytes(
            {reinterpret_cast<const char*>(page->bytes), layout.groups()[group].page_bytes}));
      }
    }
    for (const StateRef& state : states.all()) {
      TRY(writer.bytes({reinterpret_cast<const char*>(state.get()), layout.state_bytes()}));
    }
    return writer.finish();
  }

  static Result<Sequence> load(CacheStore& store, Reader& reader, const std::string& fingerprint) {
    const CacheLayout& layout = store.layout();
    Index index = TRY(read_index(reader, layout, fingerprint));
    std::vector<std::vector<PageRef>> pages(layout.groups().size());
    for (std::size_t group = 0; group < pages.size(); ++group) {
      for (std::uint32_t i = 0; i < index.page_counts[group]; ++i) {
        PageRef page = TRY(store.take_page(group));
        const std::span<const std::byte> from =
            TRY(reader.bytes(layout.groups()[group].page_bytes));
        std::memcpy(page->bytes, from.data(), from.size());
        page->used = kPageTokens;  // whoever goes on in the middle of one makes room itself
        pages[group].push_back(std::move(page));
      }
    }
    std::vector<StateRef> states;
    for (std::uint32_t i = 0; i < index.states; ++i) {
      std::shared_ptr<float[]> state = TRY(store.take_state());
      const std::span<const std::byte> from = TRY(reader.bytes(layout.state_bytes()));
      std::memcpy(state.get(), from.data(), from.size());
      states.push_back(std::move(state));
    }
    if (reader.left() != Sha256Digest{}.size()) {
      return reader.damaged("this saved sequence goes on behind its end");
    }
    return assembled(store, std::move(index), pages, states);
  }

 private:
  // As they are written: each mark, and last the end.
  static std::vector<std::uint32_t> number_places(const Sequence& sequence,
                                                  std::vector<Numbering<PageRef>>& pages,
                                                  Numbering<StateRef>& states) {
    std::vector<std::uint32_t> numbers;
    const auto add = [&](std::size_t position, const StateRef& state,
                         const std::vector<std::vector<PageRef>>& held) {
      numbers.push_back(static_cast<std::uint32_t>(position));
      numbers.push_back(states.of(state));
      for (std::size_t group = 0; group < held.size(); ++group) {
        for (std::size_t page = 0; page < std::min(held[group].size(), pages_for(position));
             ++page) {
          numbers.push_back(pages[group].of(held[group][page]));
        }
      }
    };
    for (const Sequence::Mark& mark : sequence.marks_) add(mark.position, mark.state, mark.pages);
    add(sequence.length(), sequence.state_, sequence.pages_);
    return numbers;
  }

  static std::vector<std::vector<PageRef>> pages_at(
      const Place& place, const std::vector<std::vector<PageRef>>& pages) {
    std::vector<std::vector<PageRef>> held(pages.size());
    for (std::size_t group = 0; group < pages.size(); ++group) {
      for (const std::uint32_t number : place.pages[group]) {
        held[group].push_back(number == kNone ? nullptr : pages[group][number]);
      }
    }
    return held;
  }

  static Sequence assembled(CacheStore& store, Index index,
                            const std::vector<std::vector<PageRef>>& pages,
                            const std::vector<StateRef>& states) {
    Sequence sequence(store);
    sequence.tokens_ = std::move(index.tokens);
    const auto state_at = [&](const Place& place) {
      return place.state == kNone ? nullptr : states[place.state];
    };
    for (std::size_t i = 0; i + 1 < index.places.size(); ++i) {
      const Place& place = index.places[i];
      sequence.marks_.push_back({place.position, state_at(place), pages_at(place, pages)});
    }
    sequence.state_ = state_at(index.places.back());
    sequence.pages_ = pages_at(index.places.back(), pages);
    sequence.cut(sequence.length());
    return sequence;
  }
};

Result<void> save_sequence(const Sequence& sequence, const std::string& fingerprint,
                           const std::string& path, const StopToken& stop) {
  AtomicFile file = TRY(AtomicFile::create(path, Existing::Replace, 0600));
  Writer writer(file, stop);
  return SavedSequence::save(sequence, fingerprint, writer);
}

Result<Sequence> load_sequence(CacheStore& store, const std::string& fingerprint,
                               const std::string& path) {
  const MappedFile file = TRY(MappedFile::open(path));
  return read_saved_sequence(store, fingerprint, file.bytes(), path);
}

Result<Sequence> read_saved_sequence(CacheStore& store, const std::string& fingerprint,
                                     std::span<const std::byte> bytes, const std::string& name) {
  Reader reader(bytes, name);
  TRY(check_kind(reader, store.layout(), fingerprint));  // first: it says more than a checksum
  TRY(check_digest(bytes, name));
  Reader again(bytes, name);
  return SavedSequence::load(store, again, fingerprint);
}

Result<SavedOutline> outline_of_saved(const CacheLayout& layout, const std::string& fingerprint,
                                      const std::string& path) {
  const MappedFile file = TRY(MappedFile::open(path));
  Reader reader(file.bytes(), path);
  Index index = TRY(read_index(reader, layout, fingerprint));
  SavedOutline outline;
  outline.points.length = index.tokens.size();
  outline.points.free_from = index.tokens.size();
  if (layout.shape().state_floats == 0) {
    outline.points.free_from = 0;
    const Place& end = index.places.back();
    for (std::size_t group = 0; group < layout.groups().size(); ++group) {
      const auto held = std::find_if(end.pages[group].begin(), end.pages[group].end(),
                                     [](std::uint32_t page) { return page != kNone; });
      const auto first = static_cast<std::size_t>(held - end.pages[group].begin());
      const std::size_t from = std::min(index.tokens.size(), layout.free_from(group, first));
      outline.points.free_from = std::max(outline.points.free_from, from);
    }
  }
  for (std::size_t i = 0; i + 1 < index.places.size(); ++i) {
    outline.points.marks.push_back(index.places[i].position);
  }
  outline.tokens = std::move(index.tokens);
  return outline;
}

}  // namespace temper::engine
