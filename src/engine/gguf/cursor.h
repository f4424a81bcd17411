// Reads little-endian numbers and text from bytes that may end at any moment.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/format.h"
#include "base/result.h"

namespace temper::engine {

static_assert(std::endian::native == std::endian::little, "numbers are read as they stand");

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The bytes must outlive the cursor and what it returns. `what` names the thing
// being read, for the message when the file ends inside it.
class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return bytes_.size() - position_; }

  Result<std::span<const std::byte>> take(std::uint64_t count, std::string_view what) {
    if (count > remaining()) {
      return Error{Code::Corrupt,
                   format("the file ends inside {}, which needs {} bytes at byte {} where {} are "
                          "left; it may not have been downloaded whole",
                          what, count, position_, remaining())};
    }
    const auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  template <typename T>
  Result<T> number(std::string_view what) {
    const std::span<const std::byte> taken = TRY(take(sizeof(T), what));
    T value;
    std::memcpy(&value, taken.data(), sizeof value);
    return value;
  }

  // A length in eight bytes, and so many bytes of text.
  Result<std::string_view> text(std::string_view what) {
    const std::uint64_t length = TRY(number<std::uint64_t>(what));
    return as_text(TRY(take(length, what)));
  }

  // How many items follow, each of at least `least_bytes`: refused when that
  // is more than the file can hold, so that a count may be trusted for reserving.
  Result<std::uint64_t> check_count(std::uint64_t count, std::uint64_t least_bytes,
                                    std::string_view what) const {
    if (count > remaining() / least_bytes) {
      return Error{Code::Corrupt,
                   format("{} {} are claimed, but the {} bytes that are left hold at most {}; "
                          "the file may not have been downloaded whole",
                          count, what, remaining(), remaining() / least_bytes)};
    }
    return count;
  }

 private:
  std::span<const std::byte> bytes_;
  std::uint64_t position_ = 0;
};

}  // namespace temper::engine
