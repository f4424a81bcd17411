// Writes GGUF files: the tables first, then the tensors' data, in pieces.
//
// What is written is a valid file of version 3 or, until it is committed, nothing at
// all. It does not know what any key or tensor means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
#include "base/result.h"
#include "engine/gguf/tensor_type.h"
#include "engine/gguf/value.h"

namespace temper::engine {

// The front of a file: keys and the table of tensors, which places their data one after
// the other. The caller vouches that no key and no tensor comes twice, and that rows
// are whole numbers of blocks.
class GgufTables {
 public:
  // A power of two; where it is not 32, the keys must say so.
  explicit GgufTables(std::uint64_t alignment = 32) : alignment_(alignment) {}

  void add_key(std::string_view key, const MetadataValue& value);
  void add_key(std::string_view key, std::uint32_t number);
  void add_tensor(std::string_view name, TensorType type,
                  std::span<const std::uint64_t> dimensions);

  // What stands in the file before the data.
  std::string bytes() const;
  // Of each tensor's data, and of the whole file.
  const std::vector<std::uint64_t>& tensor_bytes() const { return tensor_bytes_; }
  std::uint64_t file_bytes() const;
  std::uint64_t padding_after(std::uint64_t position) const;

 private:
  std::uint64_t unpadded_bytes() const;

  std::uint64_t alignment_;
  std::string keys_;
  std::uint64_t key_count_ = 0;
  std::string tensors_;
  std::vector<std::uint64_t> tensor_bytes_;
  std::uint64_t data_bytes_ = 0;  // padding included
};

class GgufFileWriter {
 public:
  // Begins the file and writes the tables.
  static Result<GgufFileWriter> create(const std::string& path, const GgufTables& tables,
                                       Existing existing);

  // The next bytes of the tensors' data, in the order of the table: all of one, or a part
  // that the next call continues; never those of two.
  Result<void> append(std::span<const std::byte> data);

  // Puts the file in place, once the data of every tensor have been appended.
  Result<void> commit();

 private:
  GgufFileWriter(AtomicFile file, const GgufTables& tables);
  Result<void> append_padding(std::uint64_t count);

  AtomicFile file_;
  std::vector<std::uint64_t> tensor_bytes_;
  std::vector<std::uint64_t> padding_;  // after each tensor
  std::size_t tensor_ = 0;              // that is being written
  std::uint64_t written_ = 0;           // of it
};

}  // namespace temper::engine
