// A file as read-only memory, for files that are too large to read.
//
// The danger: the pages are the file's own. When somebody shortens the file,
// touching what is gone raises SIGBUS and ends the program, and when somebody
// writes to it, the bytes change under the reader's eyes; no check of ours can
// prevent either. So map what nobody edits (model files, which are replaced by a
// rename), and read everything else with read_file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"

namespace temper {

// May be read from any thread. Spans live as long as the MappedFile that they
// are from, wherever it has been moved.
class MappedFile {
 public:
  // Maps a regular file, as long as it is now. An empty one is an empty span.
  static Result<MappedFile> open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept
      : path_(std::move(other.path_)), bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile() { unmap(); }

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  // `length` bytes from `offset`, or Corrupt where the file is not that long.
  // For offsets that a file claims: no sum overflows.
  Result<std::span<const std::byte>> slice(std::uint64_t offset, std::uint64_t length) const;

 private:
  MappedFile(std::string path, std::span<const std::byte> bytes)
      : path_(std::move(path)), bytes_(bytes) {}
  void unmap();

  std::string path_;
  std::span<const std::byte> bytes_;
};

}  // namespace temper
