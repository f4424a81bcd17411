#include "engine/tokenizer/byte_alphabet.h"

#include "base/utf8.h"

namespace temper::engine {
namespace {

constexpr char32_t kFirstStandIn = 0x100;
constexpr char32_t kStandIns = 68;

constexpr bool is_printable(char32_t byte) {
  return (byte > 0x20 && byte < 0x7F) || (byte > 0xA0 && byte <= 0xFF && byte != 0xAD);
}

constexpr std::array<std::uint8_t, kStandIns> stand_ins() {
  std::array<std::uint8_t, kStandIns> bytes{};
  std::size_t next = 0;
  for (char32_t byte = 0; byte < 256; ++byte) {
    if (!is_printable(byte)) bytes[next++] = static_cast<std::uint8_t>(byte);
  }
  return bytes;
}
constexpr std::array<std::uint8_t, kStandIns> kBytesOfStandIns = stand_ins();

std::array<std::string, 256> make_alphabet() {
  std::array<std::string, 256> alphabet;
  char32_t next = kFirstStandIn;
  for (char32_t byte = 0; byte < 256; ++byte) {
    append_utf8(alphabet[byte], is_printable(byte) ? byte : next++);
  }
  return alphabet;
}

}  // namespace

const std::array<std::string, 256>& byte_alphabet() {
  static const std::array<std::string, 256> kAlphabet = make_alphabet();
  return kAlphabet;
}

std::optional<std::uint8_t> byte_of_alphabet(char32_t character) {
  if (is_printable(character)) return static_cast<std::uint8_t>(character);
  if (character < kFirstStandIn || character >= kFirstStandIn + kStandIns) return std::nullopt;
  return kBytesOfStandIns[character - kFirstStandIn];
}

std::string decode_byte_alphabet(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::optional<std::uint8_t> byte =
        point.valid ? byte_of_alphabet(point.value) : std::nullopt;
    if (byte) {
      bytes.push_back(static_cast<char>(*byte));
    } else {
      bytes += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return bytes;
}

}  // namespace temper::engine
