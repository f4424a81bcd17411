#include "engine/gguf/model_file.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/format.h"
#include "base/printable.h"
#include "base/sha256.h"
#include "base/verify.h"

namespace temper::engine {
namespace {

// What a file says of its place among the parts of a model.
struct Split {
  std::uint64_t number = 0;  // from 0
  std::uint64_t count = 1;
};

Result<Split> split_of(const GgufFile& file) {
  Split split;
  split.count = TRY(file.find_as<std::uint64_t>("split.count")).value_or(1);
  if (split.count <= 1) return Split{};
  split.number = TRY(file.at<std::uint64_t>("split.no"));
  if (split.number >= split.count) {
    return Error{Code::Corrupt, format("{}: key `split.no`: it is {}, but there are only {} parts",
                                       file.name(), split.number, split.count)};
  }
  return split;
}

// How the name of such a part ends.
std::string ending_of(const Split& split) {
  return format("-{:05}-of-{:05}.gguf", split.number + 1, split.count);
}

// The name of another part of the same model, from the name and the place of this one.
std::string name_of_part(const std::string& name, const Split& split, std::uint64_t number) {
  return name.substr(0, name.size() - ending_of(split).size()) + ending_of({number, split.count});
}

// A key that both have, and not alike, though parts of one model would.
std::optional<std::string_view> find_difference(const GgufFile& one, const GgufFile& other) {
  for (const MetadataEntry& entry : other.metadata()) {
    if (entry.key == "split.no" || entry.key == "general.alignment") continue;
    const MetadataValue* value = one.find(entry.key);
    if (value != nullptr && *value != entry.value) return entry.key;
  }
  return std::nullopt;
}

Result<void> check_same_model(const GgufFile& one, const GgufFile& other) {
  const auto refuse = [&](const std::string& why) {
    return Error{Code::Corrupt,
                 format("{} and {} are not parts of one model: {}; download all parts of the same "
                        "version",
                        one.name(), other.name(), why)};
  };
  if (one.version() != other.version()) {
    return refuse(
        format("one has version {} of GGUF, the other {}", one.version(), other.version()));
  }
  if (const auto key = find_difference(one, other)) {
    return refuse(
        format("they differ in `{}`", printable(key->substr(0, 100), LineBreaks::Escape)));
  }
  return {};
}

Result<OpenGguf> open_part(const std::string& path, const std::string& name, const Split& wanted) {
  Result<OpenGguf> part = open_gguf(path, name);
  if (!part && part.error().code == Code::NotFound) {
    return Error{Code::NotFound,
                 format("part {} of {} of the model is missing: there is no {}; download it too",
                        wanted.number + 1, wanted.count, name)};
  }
  if (!part) return part;
  const Split found = TRY(split_of(part->file));
  if (found.number != wanted.number || found.count != wanted.count) {
    return Error{Code::Corrupt,
                 format("{}: it says that it is part {} of {}, not what its name says; download it "
                        "again",
                        name, found.number + 1, found.count)};
  }
  return part;
}

// Pages are what is read of a disk at the least.
constexpr std::uint64_t kSampleBytes = 4096;
constexpr std::uint64_t kWhollyHashedBytes = 64 << 20;
constexpr std::uint64_t kBytesPerSample = 64 << 20;

void hash_samples(Sha256& hash, std::span<const std::byte> data) {
  const std::uint64_t samples = 4 + data.size() / kBytesPerSample;
  if (data.size() <= samples * kSampleBytes) return hash.update(data);
  const std::uint64_t last = data.size() - kSampleBytes;
  for (std::uint64_t i = 0; i < samples; ++i) {
    // last * i / (samples - 1), without its overflow.
    const std::uint64_t gaps = samples - 1;
    const std::uint64_t start = last / gaps * i + last % gaps * i / gaps;
    hash.update(data.subspan(start, kSampleBytes));
  }
}

}  // namespace

Result<ModelFile> ModelFile::open(const std::string& path, const std::string& name) {
  ModelFile model(name.empty() ? path : name);
  model.parts_.push_back(TRY(open_gguf(path, model.name_)));
  TRY(model.add_other_parts(path));
  TRY(model.index_tensors());
  return model;
}

Result<void> ModelFile::add_other_parts(const std::string& path) {
  const Split split = TRY(split_of(first()));
  if (split.count == 1) return {};
  const std::string ending = ending_of(split);
  if (!path.ends_with(ending)) {
    return Error{Code::Invalid,
                 format("{}: it is part {} of {} of a model, so that the others are found its name "
                        "must end in {}; give all parts their names back",
                        name_, split.number + 1, split.count, ending)};
  }
  const std::string& shown = name_.ends_with(ending) ? name_ : path;
  std::vector<OpenGguf> parts;
  for (std::uint64_t number = 0; number < split.count; ++number) {
    if (number == split.number) continue;
    parts.push_back(TRY(open_part(name_of_part(path, split, number),
                                  name_of_part(shown, split, number), {number, split.count})));
  }
  parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(split.number),
               std::move(parts_.front()));
  parts_ = std::move(parts);
  for (const OpenGguf& part : parts_) TRY(check_same_model(first(), part.file));
  return {};
}

Result<void> ModelFile::index_tensors() {
  for (const OpenGguf& part : parts_) {
    for (const Tensor& tensor : part.file.tensors()) tensors_.push_back(&tensor);
  }
  by_name_ = tensors_;
  std::ranges::stable_sort(by_name_, {}, &Tensor::name);
  const auto twin = std::ranges::adjacent_find(by_name_, {}, &Tensor::name);
  if (twin != by_name_.end()) {
    return Error{Code::Corrupt, format("{}: two parts of the model have the tensor `{}`", name_,
                                       printable((*twin)->name, LineBreaks::Escape))};
  }
  const auto claimed = TRY(find_as<std::uint64_t>("split.tensors.count"));
  if (parts_.size() > 1 && claimed && *claimed != tensors_.size()) {
    return Error{
        Code::Corrupt,
        format("{}: the model's parts have {} tensors, but say that they have {} together; "
               "download them again",
               name_, tensors_.size(), *claimed)};
  }
  return {};
}

std::uint64_t ModelFile::byte_count() const {
  std::uint64_t bytes = 0;
  for (const OpenGguf& part : parts_) bytes += part.file.byte_count();
  return bytes;
}

const Tensor* ModelFile::find_tensor(std::string_view name) const {
  const auto found = std::ranges::lower_bound(by_name_, name, {}, &Tensor::name);
  return found == by_name_.end() || (*found)->name != name ? nullptr : *found;
}

std::string ModelFile::fingerprint() const {
  std::uint64_t bytes = 0;
  for (const Tensor* tensor : tensors_) bytes += tensor->data.size();

  // Everything is of a length that the tables, which come first, decide.
  Sha256 hash;
  hash.update(format("temper model 1, {} parts\n", parts_.size()));
  for (const OpenGguf& part : parts_) {
    hash.update(format("{}\n", part.file.table_bytes()));
    hash.update(part.mapping.bytes().first(part.file.table_bytes()));
  }
  for (const Tensor* tensor : tensors_) {
    if (bytes <= kWhollyHashedBytes) {
      hash.update(tensor->data);
    } else {
      hash_samples(hash, tensor->data);
    }
  }
  return to_hex(hash.finish());
}

const MappedFile& ModelFile::mapping_of(std::span<const std::byte> bytes) const {
  for (const OpenGguf& part : parts_) {
    const std::span<const std::byte> whole = part.mapping.bytes();
    const std::less_equal<const std::byte*> not_after;
    if (not_after(whole.data(), bytes.data()) &&
        not_after(bytes.data() + bytes.size(), whole.data() + whole.size())) {
      return part.mapping;
    }
  }
  VERIFY(false, "a hint is about bytes of this model");
}

void ModelFile::will_need(std::span<const std::byte> bytes) const {
  if (!bytes.empty()) mapping_of(bytes).will_need(bytes);
}

void ModelFile::drop_resident(std::span<const std::byte> bytes) const {
  if (!bytes.empty()) mapping_of(bytes).drop_resident(bytes);
}

}  // namespace temper::engine
