#include "base/mapped_file.h"

#include <sys/mman.h>

#include <cerrno>

#include "base/file.h"
#include "base/format.h"

namespace temper {

Result<MappedFile> MappedFile::open(const std::string& path) {
  const OpenedFile file = TRY(open_regular_file(path));
  // The system maps no empty range.
  if (file.bytes == 0) return MappedFile(path, {});
  void* const start = ::mmap(nullptr, file.bytes, PROT_READ, MAP_SHARED, file.descriptor.get(), 0);
  if (start == MAP_FAILED) return system_error(format("cannot map {}", path), errno);
  return MappedFile(path, {static_cast<const std::byte*>(start), file.bytes});
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    unmap();
    path_ = std::move(other.path_);
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

void MappedFile::unmap() {
  if (bytes_.empty()) return;
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

Result<std::span<const std::byte>> MappedFile::slice(std::uint64_t offset,
                                                     std::uint64_t length) const {
  if (offset > bytes_.size() || length > bytes_.size() - offset) {
    return Error{Code::Corrupt,
                 format("{} has {} bytes, so there are no {} bytes at offset {}; it may be cut off",
                        path_, bytes_.size(), length, offset)};
  }
  return bytes_.subspan(offset, length);
}

}  // namespace temper
