// Any bytes: parsed or refused in a sentence; and what is accepted lies in the
// file, is unique, and can be read as all that it says it is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/verify.h"
#include "engine/gguf/file.h"

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

void check(std::span<const std::byte> bytes) {
  const Result<GgufFile> file = GgufFile::parse(bytes, "file");
  if (!file) {
    const std::string& message = file.error().message;
    VERIFY(message.starts_with("file: ") && message.size() < 500, "an error is one sentence");
    for (char c : message) VERIFY(c >= ' ' && c <= '~', "an error is printable");
    return;
  }
  for (const MetadataEntry& entry : file->metadata()) check_value(*file, entry);
  std::uint64_t total = 0;
  for (const Tensor& tensor : file->tensors()) {
    check_tensor(*file, tensor, bytes);
    total += tensor.data.size();
  }
  VERIFY(total <= bytes.size(), "tensors do not overlap");
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  temper::engine::check(std::as_bytes(std::span(data, size)));
  return 0;
}
