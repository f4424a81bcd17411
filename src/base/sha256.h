// SHA-256: the name of every model file and of every stored body.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/stop.h"

namespace temper {

using Sha256Digest = std::array<std::uint8_t, 32>;

// In lower case, as sha256sum writes it.
std::string to_hex(const Sha256Digest& digest);

// The digest of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view bytes);
  void update(std::span<const std::byte> bytes);
  // Of all bytes so far; afterwards it is as new.
  Sha256Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256Digest sha256(std::string_view bytes);

// Reads a regular file once, in constant memory. Fails with Stopped soon after a
// stop is requested. `on_progress` is told after each piece how many bytes of it
// have been read.
Result<Sha256Digest> sha256_of_file(
    const std::string& path, const StopToken& stop = {},
    const std::function<void(std::uint64_t bytes_read)>& on_progress = {});

}  // namespace temper
