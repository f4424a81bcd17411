#include "engine/gguf/file.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <utility>

#include "base/format.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "engine/gguf/cursor.h"

namespace temper::engine {
namespace {

constexpr std::uint64_t kMaxKeyBytes = 65535;
constexpr std::uint64_t kMaxTensorNameBytes = 64;
// The least that an entry takes: a length, a byte of name, and its fields.
constexpr std::uint64_t kLeastMetadataBytes = 8 + 1 + 4 + 1;
constexpr std::uint64_t kLeastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

std::string_view name_of(const MetadataEntry& entry) { return entry.key; }
std::string_view name_of(const Tensor& tensor) { return tensor.name; }

template <typename T>
std::vector<std::uint32_t> sort_by_name(const std::vector<T>& entries) {
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return name_of(entries[i]); });
  return order;
}

// The first name that occurs twice.
template <typename T>
std::optional<std::string_view> find_twin(const std::vector<T>& entries,
                                          const std::vector<std::uint32_t>& by_name) {
  const auto twin = std::adjacent_find(
      by_name.begin(), by_name.end(),
      [&](std::uint32_t a, std::uint32_t b) { return name_of(entries[a]) == name_of(entries[b]); });
  if (twin == by_name.end()) return std::nullopt;
  return name_of(entries[*twin]);
}

template <typename T>
const T* find_by_name(const std::vector<T>& entries, const std::vector<std::uint32_t>& by_name,
                      std::string_view name) {
  const auto found = std::ranges::lower_bound(by_name, name, {},
                                              [&](std::uint32_t i) { return name_of(entries[i]); });
  if (found == by_name.end() || name_of(entries[*found]) != name) return nullptr;
  return &entries[*found];
}

// A name from the file, made fit to be shown.
std::string quoted(std::string_view name) {
  constexpr std::size_t kMaxBytes = 100;
  const std::string shown = printable(truncate_bytes(name, kMaxBytes), LineBreaks::Escape);
  return name.size() > kMaxBytes ? shown + "..." : shown;
}

// Other things that people have under a model's name, by their first bytes.
std::string_view guess_other_format(std::string_view text) {
  const auto starts = [&](std::string_view prefix) { return text.starts_with(prefix); };
  if (text.size() > 8 && text[8] == '{') {
    return "it looks like safetensors; convert it to GGUF first";
  }
  if (starts("version https://git-lfs")) {
    return "it is a Git LFS pointer; fetch the file itself with `git lfs pull`";
  }
  if (starts("PK\x03\x04")) return "it looks like a PyTorch archive; convert it to GGUF first";
  if (starts("lmgg") || starts("fmgg") || starts("tjgg")) {
    return "it is in the GGML format from before GGUF; fetch a newer file of the model";
  }
  if (starts("<!") || starts("<html") || starts("{\"error")) {
    return "it is a web page or a server's error, so the download went wrong; fetch it again";
  }
  return "it does not begin with \"GGUF\"";
}

}  // namespace

// Fills a GgufFile from front to back; errors get the file's name in parse().
class GgufParser {
 public:
  GgufParser(GgufFile& file, std::span<const std::byte> bytes)
      : file_(file), bytes_(bytes), cursor_(bytes) {}

  Result<void> run() {
    TRY(read_header());
    TRY(read_metadata());
    TRY(read_alignment());
    TRY(read_tensor_table());
    TRY(place_tensors());
    file_.table_bytes_ = cursor_.position();
    TRY(check_overlaps());
    return check_end();
  }

 private:
  struct Place {
    std::uint64_t offset;  // from the start of the data
    std::uint64_t bytes;
  };

  Result<void> read_header();
  Result<void> read_metadata();
  Result<MetadataEntry> read_entry(std::uint64_t index);
  Result<void> read_alignment();
  Result<void> read_tensor_table();
  Result<Tensor> read_tensor(std::uint64_t index);
  Result<Place> read_layout(Tensor& tensor);
  Result<void> place_tensors();
  Result<void> check_overlaps() const;
  Result<void> check_end() const;
  std::uint64_t padding_after(std::uint64_t position) const;

  GgufFile& file_;
  std::span<const std::byte> bytes_;
  Cursor cursor_;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t entry_count_ = 0;
  std::vector<Place> places_;  // of each tensor
};

Result<void> GgufParser::read_header() {
  if (bytes_.empty()) return Error{Code::Corrupt, "the file is empty; download it again"};
  if (!as_text(bytes_).starts_with("GGUF")) {
    return Error{Code::Unsupported,
                 format("it is not a GGUF file: {}", guess_other_format(as_text(bytes_)))};
  }
  TRY(cursor_.take(4, "the header"));
  file_.version_ = TRY(cursor_.number<std::uint32_t>("the header"));
  const std::uint32_t version = file_.version_;
  if (version != 0 && (version & 0xffff) == 0) {
    return Error{Code::Unsupported,
                 "it is a big-endian file, which is not supported; fetch the ordinary one"};
  }
  if (version != 2 && version != 3) {
    return Error{Code::Unsupported,
                 format("it has version {} of GGUF, but only 2 and 3 are supported", version)};
  }
  tensor_count_ = TRY(cursor_.number<std::uint64_t>("the header"));
  entry_count_ = TRY(cursor_.number<std::uint64_t>("the header"));
  if (std::max(tensor_count_, entry_count_) > GgufFile::kMaxEntries) {
    return Error{Code::Limit,
                 format("it claims {} keys and {} tensors, but at most {} of each are read",
                        entry_count_, tensor_count_, GgufFile::kMaxEntries)};
  }
  return {};
}

Result<void> GgufParser::read_metadata() {
  file_.metadata_.reserve(TRY(cursor_.check_count(entry_count_, kLeastMetadataBytes, "keys")));
  for (std::uint64_t i = 0; i < entry_count_; ++i) {
    file_.metadata_.push_back(TRY(read_entry(i)));
  }
  file_.metadata_by_key_ = sort_by_name(file_.metadata_);
  if (const auto twin = find_twin(file_.metadata_, file_.metadata_by_key_)) {
    return Error{Code::Corrupt, format("key `{}` occurs more than once", quoted(*twin))};
  }
  return {};
}

Result<MetadataEntry> GgufParser::read_entry(std::uint64_t index) {
  Result<std::string_view> key = cursor_.text("its name");
  if (!key) return in_context(format("key {} of {}", index + 1, entry_count_), key.error());
  if (key->empty() || key->size() > kMaxKeyBytes) {
    return Error{Code::Corrupt, format("key {} of {}: its name has {} bytes, but must have 1 to {}",
                                       index + 1, entry_count_, key->size(), kMaxKeyBytes)};
  }
  const Result<std::uint32_t> type = cursor_.number<std::uint32_t>("its type");
  if (!type) return in_context(format("key `{}`", quoted(*key)), type.error());
  const Result<MetadataValue> value = MetadataValue::parse(*type, cursor_);
  if (!value) return in_context(format("key `{}`", quoted(*key)), value.error());
  return MetadataEntry{*key, *value};
}

Result<void> GgufParser::read_alignment() {
  const MetadataValue* value = file_.find("general.alignment");
  if (value == nullptr) return {};
  const Result<std::uint64_t> alignment = value->as<std::uint64_t>();
  if (!alignment) return in_context("key `general.alignment`", alignment.error());
  if (!std::has_single_bit(*alignment)) {
    return Error{
        Code::Corrupt,
        format("key `general.alignment`: it is {}, but must be a power of two", *alignment)};
  }
  file_.alignment_ = *alignment;
  return {};
}

Result<void> GgufParser::read_tensor_table() {
  const std::uint64_t count = TRY(cursor_.check_count(tensor_count_, kLeastTensorBytes, "tensors"));
  file_.tensors_.reserve(count);
  places_.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) file_.tensors_.push_back(TRY(read_tensor(i)));
  file_.tensors_by_name_ = sort_by_name(file_.tensors_);
  if (const auto twin = find_twin(file_.tensors_, file_.tensors_by_name_)) {
    return Error{Code::Corrupt, format("tensor `{}` occurs more than once", quoted(*twin))};
  }
  return {};
}

Result<Tensor> GgufParser::read_tensor(std::uint64_t index) {
  Result<std::string_view> name = cursor_.text("its name");
  if (!name) return in_context(format("tensor {} of {}", index + 1, tensor_count_), name.error());
  if (name->empty() || name->size() > kMaxTensorNameBytes) {
    return Error{Code::Corrupt,
                 format("tensor {} of {}: its name has {} bytes, but must have 1 to {}", index + 1,
                        tensor_count_, name->size(), kMaxTensorNameBytes)};
  }
  Tensor tensor;
  tensor.name = *name;
  const Result<Place> place = read_layout(tensor);
  if (!place) return in_context(format("tensor `{}`", quoted(*name)), place.error());
  places_.push_back(*place);
  return tensor;
}

// Dimensions, type and offset, as they follow the name.
Result<GgufParser::Place> GgufParser::read_layout(Tensor& tensor) {
  const auto dimension_count = TRY(cursor_.number<std::uint32_t>("its dimension count"));
  if (dimension_count < 1 || dimension_count > tensor.dimensions.size()) {
    return Error{Code::Corrupt, format("it has {} dimensions, but must have 1 to {}",
                                       dimension_count, tensor.dimensions.size())};
  }
  tensor.dimension_count = dimension_count;
  tensor.element_count = 1;
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = TRY(cursor_.number<std::uint64_t>("its dimensions"));
    if (dimension == 0) return Error{Code::Corrupt, format("its dimension {} is 0", i)};
    tensor.dimensions[i] = dimension;
    if (__builtin_mul_overflow(tensor.element_count, dimension, &tensor.element_count)) {
      return Error{Code::Corrupt, "its dimensions multiply to more than 64 bits can count"};
    }
  }

  const auto type_id = TRY(cursor_.number<std::uint32_t>("its type"));
  const TensorTypeInfo* type = find_tensor_type(type_id);
  if (type == nullptr) {
    return Error{Code::Unsupported, format("its type {} is not supported", type_id)};
  }
  tensor.type = type->type;
  if (tensor.dimensions[0] % type->elements_per_block != 0) {
    return Error{Code::Corrupt,
                 format("its rows have {} elements, which is no whole number of {} blocks of {}",
                        tensor.dimensions[0], type->name, type->elements_per_block)};
  }
  Place place{};
  if (__builtin_mul_overflow(tensor.element_count / type->elements_per_block,
                             std::uint64_t{type->bytes_per_block}, &place.bytes)) {
    return Error{Code::Corrupt, "its size in bytes is more than 64 bits can count"};
  }
  place.offset = TRY(cursor_.number<std::uint64_t>("its offset"));
  if (place.offset % file_.alignment_ != 0) {
    return Error{Code::Corrupt, format("its offset {} is no multiple of the file's alignment {}",
                                       place.offset, file_.alignment_)};
  }
  return place;
}

// Gives each tensor its bytes, once it is known where the data begin.
Result<void> GgufParser::place_tensors() {
  if (places_.empty()) return {};
  TRY(cursor_.take(padding_after(cursor_.position()), "the padding before the tensors"));
  const std::span<const std::byte> data = bytes_.subspan(cursor_.position());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto [offset, size] = places_[i];
    if (offset > data.size() || size > data.size() - offset) {
      return Error{
          Code::Corrupt,
          format("tensor `{}` has {} bytes at offset {}, but the file has only {} bytes of "
                 "tensors; it may not have been downloaded whole",
                 quoted(file_.tensors_[i].name), size, offset, data.size())};
    }
    file_.tensors_[i].data = data.subspan(offset, size);
  }
  return {};
}

Result<void> GgufParser::check_overlaps() const {
  std::vector<std::uint32_t> order(places_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return places_[i].offset; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const Place& before = places_[order[i - 1]];
    if (before.offset + before.bytes > places_[order[i]].offset) {
      return Error{Code::Corrupt, format("tensors `{}` and `{}` overlap",
                                         quoted(file_.tensors_[order[i - 1]].name),
                                         quoted(file_.tensors_[order[i]].name))};
    }
  }
  return {};
}

// Some writers pad after the last tensor and some do not, but none stops halfway.
Result<void> GgufParser::check_end() const {
  std::uint64_t end = cursor_.position();
  for (const Place& place : places_) {
    end = std::max(end, cursor_.position() + place.offset + place.bytes);
  }
  const std::uint64_t left = bytes_.size() - end;
  if (left == 0 || left >= padding_after(end)) return {};
  return Error{Code::Corrupt, format("it ends {} bytes into the padding after its last tensor, so "
                                     "it has been cut; download it again",
                                     left)};
}

std::uint64_t GgufParser::padding_after(std::uint64_t position) const {
  const std::uint64_t past = position % file_.alignment_;
  return past == 0 ? 0 : file_.alignment_ - past;
}

Result<GgufFile> GgufFile::parse(std::span<const std::byte> bytes, std::string name) {
  GgufFile file;
  file.name_ = std::move(name);
  file.byte_count_ = bytes.size();
  Result<void> parsed = GgufParser(file, bytes).run();
  if (!parsed) return in_context(file.name_, std::move(parsed).error());
  return file;
}

const MetadataValue* GgufFile::find(std::string_view key) const {
  const MetadataEntry* entry = find_by_name(metadata_, metadata_by_key_, key);
  return entry == nullptr ? nullptr : &entry->value;
}

const Tensor* GgufFile::find_tensor(std::string_view name) const {
  return find_by_name(tensors_, tensors_by_name_, name);
}

Result<const MetadataValue*> GgufFile::require(std::string_view key) const {
  const MetadataValue* value = find(key);
  if (value == nullptr)
    return Error{Code::NotFound, format("{}: there is no key `{}`", name_, key)};
  return value;
}

Result<void> GgufFile::check_layers(std::string_view key, const MetadataValue& value,
                                    std::uint64_t layers) const {
  if (layers > kMaxLayers) {
    return Error{Code::Limit, format("{}: the model is said to have {} layers, but at most {} are "
                                     "supported",
                                     name_, layers, kMaxLayers)};
  }
  const std::uint64_t items = value.item_count();
  if (!value.is_array() || items == layers) return {};
  const Result<std::string_view> architecture = at<std::string_view>("general.architecture");
  const Result<std::uint64_t> blocks =
      at<std::uint64_t>(format("{}.block_count", architecture ? *architecture : ""));
  if (items > layers && blocks && items == *blocks) return {};
  return about(key, Error{Code::Corrupt,
                          format("it has {} items, but the model has {} layers", items, layers)});
}

Error GgufFile::about(std::string_view key, const Error& error) const {
  return in_context(format("{}: key `{}`", name_, key), error);
}

}  // namespace temper::engine
