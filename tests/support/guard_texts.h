// The texts of tests/golden/guards: what is in a file of cut/, and how it goes on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/guard/stream_guard.h"
#include "base/random.h"
#include "base/text.h"

namespace temper::agent {

// A reply that never ends.
struct Endless {
  std::string name;
  Channel channel = Channel::Text;
  std::string text;            // up to where any guard would have cut
  std::size_t begin = 0;       // of what is repeated
  std::size_t unit_bytes = 0;  // once, all lines of a shuffle
};

inline std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry);
  std::sort(files.begin(), files.end());
  return files;
}

// "{n}" is `count`, "{r}" any number, "[a|b]" in shuffles one of them.
inline std::string filled(std::string_view pattern, std::size_t count, bool choose,
                          Random& random) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const std::string_view rest = pattern.substr(at);
    if (rest.starts_with("{n}") || rest.starts_with("{r}")) {
      text += std::to_string(rest[1] == 'n' ? count : 1 + random.below(900));
      at += 2;
    } else if (choose && rest[0] == '[') {
      const std::size_t end = rest.find(']');
      const std::vector<std::string_view> choices = split(rest.substr(1, end - 1), '|');
      text += choices[random.below(choices.size())];
      at += end;
    } else {
      text += rest[0];
    }
  }
  return text;
}

inline Endless read_endless(const std::filesystem::path& path, std::size_t bytes) {
  const std::string file = contents_of(path);
  const std::size_t mark = file.starts_with('@') ? 0 : file.find("\n@") + 1;
  const std::size_t body_begin = file.find('\n', mark) + 1;
  const std::string options = file.substr(mark, body_begin - mark - 1);
  std::string body = file.substr(body_begin);
  Endless endless{.name = path.stem().string(), .text = file.substr(0, mark)};
  const auto has = [&](std::string_view option) { return options.find(option) != options.npos; };
  if (has("thinking")) endless.channel = Channel::Thinking;
  if (has("call")) endless.channel = Channel::Call;
  if (has("inline")) {
    if (!endless.text.empty()) endless.text.pop_back();
    body.pop_back();
  }
  endless.begin = endless.text.size();
  endless.unit_bytes = body.size();
  if (body.empty()) return endless;
  Random random(1);
  std::vector<std::string_view> lines = split(body, '\n');
  if (has("shuffle")) lines.pop_back();
  std::size_t last = lines.size();
  for (std::size_t count = 1; endless.text.size() < bytes; ++count) {
    if (!has("shuffle")) {
      endless.text += filled(body, count, false, random);
      continue;
    }
    std::size_t line = random.below(lines.size());
    while (line == last) line = random.below(lines.size());
    last = line;
    endless.text += filled(lines[line], count, true, random) + " ";
  }
  return endless;
}

// What a guard finds when a channel gets `text` in deltas of `piece` bytes.
inline std::optional<Finding> finding_in(std::string_view text, Channel channel,
                                         std::size_t piece = 4096) {
  StreamGuard guard;
  guard.read(chat::CallBegin{.index = 0, .id = "call_0", .name = "write"});
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const std::string delta(text.substr(at, piece));
    const chat::StreamEvent event =
        channel == Channel::Text       ? chat::StreamEvent(chat::TextDelta{delta})
        : channel == Channel::Thinking ? chat::StreamEvent(chat::ThinkingDelta{delta, ""})
                                       : chat::StreamEvent(chat::CallDelta{0, delta});
    if (auto finding = guard.read(event)) return finding;
  }
  return std::nullopt;
}

}  // namespace temper::agent
