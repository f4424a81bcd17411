// What a path that is being written looks like, whatever exists: how long, and which
// bytes may follow. The rules are those of new_path.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace temper::chat {

struct PathShape {
  // What the part that is being written is so far, where that matters.
  enum class Part : std::uint8_t {
    Empty,
    Name,
    Space,   // ends with one
    Dot,     // "."
    DotDot,  // ".."
    DotG,    // ".g" and so on, in any case
    DotGi,
    DotGit,
    OneMore,  // inside a character; see utf8_steps.h
    TwoMore,
    ThreeMore,
    AfterE0,
    AfterED,
    AfterF0,
    AfterF4,
    AfterC2,  // where control characters are
  };

  static constexpr std::uint32_t kMaxPartBytes = 255;
  static constexpr std::uint32_t kMaxBytes = 4096;

  Part part = Part::Empty;
  std::uint32_t part_bytes = 0;
  std::uint32_t bytes = 0;

  bool operator==(const PathShape&) const = default;

  // None where no path goes on like this.
  std::optional<PathShape> step(std::uint8_t byte) const;
  // May the path end here?
  bool may_end() const { return missing() == 0; }
  // The fewest bytes after which it may.
  std::uint32_t missing() const;
};

// The shape of a path after all of its text, of which only the last part is looked at;
// none where the rules forbid that one.
std::optional<PathShape> shape_of_last_part(std::string_view path);

}  // namespace temper::chat
