#include "engine/gguf/writer.h"

#include <algorithm>
#include <utility>

#include "base/verify.h"
#include "engine/gguf/cursor.h"

namespace temper::engine {
namespace {

// magic, version, how many tensors, how many keys
constexpr std::uint64_t kHeaderBytes = 4 + 4 + 8 + 8;

template <typename T>
void append_number(std::string& bytes, T number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_text(std::string& bytes, std::string_view text) {
  append_number(bytes, std::uint64_t{text.size()});
  bytes.append(text);
}

}  // namespace

void GgufTables::add_key(std::string_view key, const MetadataValue& value) {
  append_text(keys_, key);
  value.append_to(keys_);
  ++key_count_;
}

void GgufTables::add_key(std::string_view key, std::uint32_t number) {
  append_text(keys_, key);
  append_number(keys_, static_cast<std::uint32_t>(ValueType::U32));
  append_number(keys_, number);
  ++key_count_;
}

void GgufTables::add_tensor(std::string_view name, TensorType type,
                            std::span<const std::uint64_t> dimensions) {
  append_text(tensors_, name);
  append_number(tensors_, static_cast<std::uint32_t>(dimensions.size()));
  std::uint64_t elements = 1;
  for (const std::uint64_t dimension : dimensions) {
    append_number(tensors_, dimension);
    elements *= dimension;
  }
  append_number(tensors_, static_cast<std::uint32_t>(type));
  append_number(tensors_, data_bytes_);
  const TensorTypeInfo& info = tensor_type_info(type);
  const std::uint64_t bytes = elements / info.elements_per_block * info.bytes_per_block;
  tensor_bytes_.push_back(bytes);
  data_bytes_ += bytes + padding_after(bytes);
}

std::uint64_t GgufTables::padding_after(std::uint64_t position) const {
  const std::uint64_t past = position % alignment_;
  return past == 0 ? 0 : alignment_ - past;
}

std::uint64_t GgufTables::unpadded_bytes() const {
  return kHeaderBytes + keys_.size() + tensors_.size();
}

std::string GgufTables::bytes() const {
  std::string bytes = "GGUF";
  append_number(bytes, std::uint32_t{3});
  append_number(bytes, std::uint64_t{tensor_bytes_.size()});
  append_number(bytes, key_count_);
  bytes += keys_;
  bytes += tensors_;
  bytes.append(padding_after(bytes.size()), '\0');
  return bytes;
}

std::uint64_t GgufTables::file_bytes() const {
  return unpadded_bytes() + padding_after(unpadded_bytes()) + data_bytes_;
}

GgufFileWriter::GgufFileWriter(AtomicFile file, const GgufTables& tables)
    : file_(std::move(file)), tensor_bytes_(tables.tensor_bytes()) {
  for (const std::uint64_t bytes : tensor_bytes_) padding_.push_back(tables.padding_after(bytes));
}

Result<GgufFileWriter> GgufFileWriter::create(const std::string& path, const GgufTables& tables,
                                              Existing existing) {
  GgufFileWriter writer(TRY(AtomicFile::create(path, existing)), tables);
  TRY(writer.file_.append(tables.bytes()));
  return writer;
}

Result<void> GgufFileWriter::append(std::span<const std::byte> data) {
  VERIFY(tensor_ < tensor_bytes_.size(), "data are of a tensor in the table");
  VERIFY(data.size() <= tensor_bytes_[tensor_] - written_, "data are of one tensor");
  TRY(file_.append(as_text(data)));
  written_ += data.size();
  if (written_ < tensor_bytes_[tensor_]) return {};
  TRY(append_padding(padding_[tensor_]));
  ++tensor_;
  written_ = 0;
  return {};
}

Result<void> GgufFileWriter::append_padding(std::uint64_t count) {
  static constexpr std::string_view kZeros{
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32};
  while (count > 0) {
    const std::uint64_t part = std::min<std::uint64_t>(count, kZeros.size());
    TRY(file_.append(kZeros.substr(0, part)));
    count -= part;
  }
  return {};
}

Result<void> GgufFileWriter::commit() {
  VERIFY(tensor_ == tensor_bytes_.size(), "every tensor has been written");
  return file_.commit();
}

}  // namespace temper::engine
