#include "base/sha256.h"

#include <openssl/evp.h>

#include <vector>

#include "base/file.h"
#include "base/format.h"

namespace temper {

struct Sha256::Context {
  EVP_MD_CTX* of_openssl = EVP_MD_CTX_new();

  Context() { start(); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(of_openssl); }

  void start() {
    VERIFY(of_openssl != nullptr && EVP_DigestInit_ex(of_openssl, EVP_sha256(), nullptr) == 1,
           "OpenSSL has SHA-256 and memory for it");
  }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  VERIFY(EVP_DigestUpdate(context_->of_openssl, bytes.data(), bytes.size()) == 1,
         "a started digest takes bytes");
}

void Sha256::update(std::span<const std::byte> bytes) {
  update(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  unsigned length = 0;
  VERIFY(EVP_DigestFinal_ex(context_->of_openssl, digest.data(), &length) == 1 &&
             length == digest.size(),
         "a started digest can be finished");
  context_->start();
  return digest;
}

std::string to_hex(const Sha256Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

Sha256Digest sha256(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

Result<Sha256Digest> sha256_of_file(
    const std::string& path, const StopToken& stop,
    const std::function<void(std::uint64_t bytes_read)>& on_progress) {
  constexpr std::size_t kPiece = 1 << 20;
  const OpenedFile file = TRY(open_regular_file(path));
  std::vector<char> piece(kPiece);
  Sha256 digest;
  for (std::uint64_t bytes_read = 0;;) {
    if (stop.stop_requested()) return stopped_error(format("computing the digest of {}", path));
    const std::size_t count =
        TRY(read_some(file.descriptor.get(), piece.data(), piece.size(), path));
    if (count == 0) return digest.finish();
    digest.update(std::string_view(piece.data(), count));
    bytes_read += count;
    if (on_progress) on_progress(bytes_read);
  }
}

}  // namespace temper
