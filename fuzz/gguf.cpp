// Any bytes: parsed or refused in a sentence; and what is accepted lies in the
// file, is unique, can be read as all that it says it is, and as a model on the disk.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/format.h"
#include "base/printable.h"
#include "base/unique_fd.h"
#include "base/verify.h"
#include "engine/gguf/file.h"
#include "engine/gguf/model_file.h"
#include "engine/gguf/summary.h"

namespace temper::engine {
namespace {

bool lies_in(std::span<const std::byte> inner, std::span<const std::byte> outer) {
  return inner.data() >= outer.data() && inner.data() + inner.size() <= outer.data() + outer.size();
}

void check_value(const GgufFile& file, const MetadataEntry& entry) {
  VERIFY(file.find(entry.key) == &entry.value, "each key is found, and once");
  if (!entry.value.is_array()) {
    VERIFY(entry.value.as<bool>().ok() || entry.value.as<std::string_view>().ok() ||
               entry.value.as<std::int64_t>().ok() || entry.value.as<std::uint64_t>().ok() ||
               entry.value.as<double>().ok(),
           "each value is something");
    return;
  }
  switch (entry.value.item_type()) {
    case ValueType::String: {
      const auto items = entry.value.items_as<std::string_view>();
      VERIFY(items.ok() && items->size() == entry.value.item_count(), "an array is readable");
      std::size_t sum = 0;
      for (std::string_view item : *items) {
        for (char c : item) sum += static_cast<unsigned char>(c);  // every byte can be touched
      }
      VERIFY(sum <= 255 * file.byte_count(), "items do not share bytes");
      break;
    }
    case ValueType::Boolean:
      VERIFY(entry.value.items_as<bool>().ok(), "an array is readable");
      break;
    case ValueType::F32:
    case ValueType::F64: VERIFY(entry.value.items_as<double>().ok(), "an array is readable"); break;
    case ValueType::U64:
      VERIFY(entry.value.items_as<std::uint64_t>().ok(), "an array is readable");
      break;
    default: VERIFY(entry.value.items_as<std::int64_t>().ok(), "an array is readable");
  }
  VERIFY(entry.value.first_items(3).size() == std::min<std::uint64_t>(3, entry.value.item_count()),
         "the first items are there");
}

void check_tensor(const GgufFile& file, const Tensor& tensor, std::span<const std::byte> bytes) {
  VERIFY(file.find_tensor(tensor.name) == &tensor, "each tensor is found, and once");
  VERIFY(lies_in(tensor.data, bytes), "a tensor lies in the file");
  const TensorTypeInfo& type = tensor_type_info(tensor.type);
  std::uint64_t elements = 1;
  for (std::uint64_t dimension : tensor.shape()) elements *= dimension;
  VERIFY(elements == tensor.element_count && elements > 0, "the shape gives the count");
  VERIFY(tensor.data.size() * type.elements_per_block == elements * type.bytes_per_block,
         "the count gives the bytes");
  VERIFY(static_cast<std::uint64_t>(tensor.data.data() - bytes.data()) % file.alignment() == 0,
         "a tensor is aligned");
}

void check_error(const Error& error) {
  VERIFY(error.message.starts_with("file: ") && error.message.size() < 1500,
         "an error is one sentence");
  VERIFY(printable(error.message, LineBreaks::Escape) == error.message, "an error can be shown");
}

template <typename T>
bool alike(const T& one, const T& other) {
  return !(one < other) && !(other < one);  // also where both are NaN
}

template <typename T>
void check_as(const ModelFile& model, std::string_view key) {
  const Result<T> value = model.at<T>(key);
  const Result<std::optional<T>> found = model.find_as<T>(key);
  VERIFY(value.ok() ? found.ok() && alike(**found, *value) : found.error() == value.error(),
         "a key that is there is found as what it is");

  const Result<std::vector<T>> items = model.list_at<T>(key);
  for (std::uint64_t layers : std::array<std::uint64_t, 5>{0, 1, 3, 100, UINT64_MAX}) {
    const Result<std::vector<T>> of_layers = model.per_layer<T>(key, layers);
    VERIFY(!of_layers || of_layers->size() == layers, "there is a value for each layer");
    VERIFY(!of_layers || value.ok() || items.ok(), "each layer has one of the file's values");
    VERIFY(of_layers || !value || layers > GgufFile::kMaxLayers, "one value is that of all layers");
  }
}

void check_model(std::span<const std::byte> bytes) {
  const UniqueFd file(::memfd_create("gguf", MFD_CLOEXEC));
  VERIFY(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
         "memory can be written");
  const Result<ModelFile> model = ModelFile::open(format("/proc/self/fd/{}", file.get()), "file");
  if (!model) return check_error(model.error());
  VERIFY(model->byte_count() == bytes.size() && model->parts().size() == 1, "a file is one part");
  for (const MetadataEntry& entry : model->first().metadata()) {
    // Names are compared with those in errors, where they are made fit to be shown.
    if (printable(entry.key, LineBreaks::Escape) != entry.key || entry.key.size() > 100) continue;
    check_as<bool>(*model, entry.key);
    check_as<std::int64_t>(*model, entry.key);
    check_as<std::uint64_t>(*model, entry.key);
    check_as<double>(*model, entry.key);
    check_as<std::string_view>(*model, entry.key);
  }
  for (const Tensor* tensor : model->tensors()) {
    VERIFY(model->find_tensor(tensor->name) == tensor, "each tensor is found");
    model->drop_resident(tensor->data);
  }
  VERIFY(model->fingerprint().size() == 64, "every model has a fingerprint");
}

void check(std::span<const std::byte> bytes) {
  const Result<GgufFile> file = GgufFile::parse(bytes, "file");
  if (!file) return check_error(file.error());
  for (const MetadataEntry& entry : file->metadata()) check_value(*file, entry);
  std::uint64_t total = 0;
  for (const Tensor& tensor : file->tensors()) {
    check_tensor(*file, tensor, bytes);
    total += tensor.data.size();
  }
  VERIFY(total <= bytes.size(), "tensors do not overlap");
  VERIFY(parse_json(to_json(summarise(*file)).dump()).ok(), "every file has a summary");
  check_model(bytes);
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  temper::engine::check(std::as_bytes(std::span(data, size)));
  return 0;
}
