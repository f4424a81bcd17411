#include "chat/domains/path_shape.h"

#include "base/ascii.h"
#include "base/utf8_steps.h"

namespace temper::chat {
namespace {

using Part = PathShape::Part;

std::optional<Utf8State> utf8_of(Part part) {
  switch (part) {
    case Part::OneMore: return Utf8State::One;
    case Part::TwoMore: return Utf8State::Two;
    case Part::ThreeMore: return Utf8State::Three;
    case Part::AfterE0: return Utf8State::AfterE0;
    case Part::AfterED: return Utf8State::AfterED;
    case Part::AfterF0: return Utf8State::AfterF0;
    case Part::AfterF4: return Utf8State::AfterF4;
    default: return std::nullopt;
  }
}

Part part_of(Utf8State utf8) {
  switch (utf8) {
    case Utf8State::Boundary: return Part::Name;
    case Utf8State::One: return Part::OneMore;
    case Utf8State::Two: return Part::TwoMore;
    case Utf8State::Three: return Part::ThreeMore;
    case Utf8State::AfterE0: return Part::AfterE0;
    case Utf8State::AfterED: return Part::AfterED;
    case Utf8State::AfterF0: return Part::AfterF0;
    case Utf8State::AfterF4: return Part::AfterF4;
  }
  return Part::Name;
}

// The part after a byte that is no slash.
std::optional<Part> next_part(Part part, std::uint8_t byte) {
  if (part == Part::AfterC2) {
    if (byte < 0xA0 || byte > 0xBF) return std::nullopt;
    return Part::Name;
  }
  const std::optional<Utf8State> inside = utf8_of(part);
  if (inside || byte >= 0x80) {
    const std::optional<Utf8State> utf8 = utf8_next(inside.value_or(Utf8State::Boundary), byte);
    if (!utf8) return std::nullopt;
    return byte == 0xC2 && !inside ? Part::AfterC2 : part_of(*utf8);
  }
  if (byte < 0x20 || byte == 0x7F || byte == '\\') return std::nullopt;
  if (byte == ' ') return part == Part::Empty ? std::nullopt : std::optional(Part::Space);

  const std::uint8_t lower = byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
  if (part == Part::Empty && byte == '.') return Part::Dot;
  if (part == Part::Dot && byte == '.') return Part::DotDot;
  if (part == Part::Dot && lower == 'g') return Part::DotG;
  if (part == Part::DotG && lower == 'i') return Part::DotGi;
  if (part == Part::DotGi && lower == 't') return Part::DotGit;
  return Part::Name;
}

}  // namespace

std::uint32_t PathShape::missing() const {
  switch (part) {
    case Part::Name:
    case Part::DotG:
    case Part::DotGi: return 0;
    case Part::Empty:
    case Part::Space:
    case Part::Dot:
    case Part::DotDot:
    case Part::DotGit:
    case Part::AfterC2: return 1;
    default: return utf8_missing(*utf8_of(part));
  }
}

std::optional<PathShape> PathShape::step(std::uint8_t byte) const {
  PathShape next{Part::Empty, 0, bytes + 1};
  if (byte == '/') {
    if (!may_end()) return std::nullopt;
  } else {
    if (bytes == 0 && (byte == '-' || byte == '~')) return std::nullopt;
    const std::optional<Part> read = next_part(part, byte);
    if (!read) return std::nullopt;
    next.part = *read;
    next.part_bytes = part_bytes + 1;
  }
  const std::uint32_t missing_bytes = next.missing();
  if (next.part_bytes + missing_bytes > kMaxPartBytes) return std::nullopt;
  if (next.bytes + missing_bytes > kMaxBytes) return std::nullopt;
  return next;
}

std::optional<PathShape> shape_of_last_part(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t begin = slash == path.npos ? 0 : slash + 1;
  std::optional<PathShape> shape = PathShape{Part::Empty, 0, static_cast<std::uint32_t>(begin)};
  for (const char byte : path.substr(begin)) {
    shape = shape->step(static_cast<std::uint8_t>(byte));
    if (!shape) return std::nullopt;
  }
  return shape;
}

}  // namespace temper::chat
