// The last bytes of a stream, addressed by where they stand in all of it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace temper::agent {

class Tail {
 public:
  static constexpr std::size_t kBytes = 32768;

  void push(std::uint8_t byte) { bytes_[size_++ % kBytes] = byte; }

  // How many bytes there have been.
  std::uint64_t size() const { return size_; }
  std::uint64_t begin() const { return size_ > kBytes ? size_ - kBytes : 0; }
  // For begin() <= place < size().
  std::uint8_t operator[](std::uint64_t place) const { return bytes_[place % kBytes]; }

  // As much of [begin, end) as is still here.
  std::string text(std::uint64_t begin, std::uint64_t end) const {
    std::string text;
    for (std::uint64_t at = std::max(begin, this->begin()); at < std::min(end, size_); ++at) {
      text += static_cast<char>((*this)[at]);
    }
    return text;
  }

 private:
  std::array<std::uint8_t, kBytes> bytes_ = {};
  std::uint64_t size_ = 0;
};

}  // namespace temper::agent
