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
  // Errors, here and later, call it `name`, or else by its path.
  static Result<MappedFile> open(const std::string& path, const std::string& name = {});

  MappedFile(MappedFile&& other) noexcept
      : path_(std::move(other.path_)),
        name_(std::move(other.name_)),
        bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile() { unmap(); }

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  // `length` bytes from `offset`, or Corrupt where the file is not that long.
  // For offsets that a file claims: no sum overflows.
  Result<std::span<const std::byte>> slice(std::uint64_t offset, std::uint64_t length) const;

  // Two hints to the system about `part`, which lies in bytes(). Neither changes
  // what is read there, neither can fail, and each may be without effect.
  //
  // It will be read soon: its pages may be fetched from the disk meanwhile.
  void will_need(std::span<const std::byte> part) const;
  // It will not be read for long: the pages that lie wholly in it no longer count as
  // this program's memory, and the system may use theirs for something else.
  void drop_resident(std::span<const std::byte> part) const;

 private:
  MappedFile(std::string path, std::string name, std::span<const std::byte> bytes)
      : path_(std::move(path)), name_(std::move(name)), bytes_(bytes) {}
  bool holds(std::span<const std::byte> part) const;
  void unmap();

  std::string path_;
  std::string name_;  // what errors call it
  std::span<const std::byte> bytes_;
};

}  // namespace temper
