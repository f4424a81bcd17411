#include "base/mapped_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cerrno>

#include "base/file.h"
#include "base/format.h"

namespace temper {
namespace {

std::uintptr_t page_bytes() {
  static const auto kBytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  return kBytes;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, const std::string& name) {
  const std::string& shown = name.empty() ? path : name;
  const OpenedFile file = TRY(open_regular_file(path, shown));
  // The system maps no empty range.
  if (file.bytes == 0) return MappedFile(path, shown, {});
  void* const start = ::mmap(nullptr, file.bytes, PROT_READ, MAP_SHARED, file.descriptor.get(), 0);
  if (start == MAP_FAILED) return system_error(format("cannot map {}", shown), errno);
  return MappedFile(path, shown, {static_cast<const std::byte*>(start), file.bytes});
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    unmap();
    path_ = std::move(other.path_);
    name_ = std::move(other.name_);
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
                        name_, bytes_.size(), length, offset)};
  }
  return bytes_.subspan(offset, length);
}

bool MappedFile::holds(std::span<const std::byte> part) const {
  return part.data() >= bytes_.data() && part.size() <= bytes_.size() &&
         static_cast<std::size_t>(part.data() - bytes_.data()) <= bytes_.size() - part.size();
}

void MappedFile::will_need(std::span<const std::byte> part) const {
  if (part.empty()) return;
  VERIFY(holds(part), "a hint is about bytes of this file");
  const auto start = std::bit_cast<std::uintptr_t>(part.data());
  const std::uintptr_t page = start - start % page_bytes();
  ::madvise(std::bit_cast<void*>(page), start - page + part.size(), MADV_WILLNEED);
}

void MappedFile::drop_resident(std::span<const std::byte> part) const {
  if (part.empty()) return;
  VERIFY(holds(part), "a hint is about bytes of this file");
  const auto start = std::bit_cast<std::uintptr_t>(part.data());
  const std::uintptr_t first = (start + page_bytes() - 1) / page_bytes() * page_bytes();
  const std::uintptr_t last = (start + part.size()) / page_bytes() * page_bytes();
  if (first < last) ::madvise(std::bit_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace temper
