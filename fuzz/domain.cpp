// The domains of arguments against plain searching, and their promise that no state is a
// dead end.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "chat/domains/existing_path.h"
#include "chat/domains/new_path.h"
#include "chat/domains/path_set.h"
#include "chat/domains/text_of.h"
#include "chat/domains/words.h"
#include "support/domains.h"

namespace {

using namespace temper;
using namespace temper::chat;

// Reads `text` as far as it is let; each state on the way must lead somewhere.
Domain::State read_checked(const Domain& domain, std::string_view text) {
  Domain::State state = domain.start(0);
  for (const char byte : text) {
    if (state == Domain::kDead) return state;
    VERIFY(reaches_member(domain, state), "no state is a dead end");
    state = domain.next(state, static_cast<std::uint8_t>(byte));
  }
  return state;
}

std::size_t occurrences(std::string_view text, std::string_view piece) {
  std::size_t count = 0;
  for (std::size_t at = text.find(piece); at != text.npos; at = text.find(piece, at + 1)) ++count;
  return count;
}

void check_text(std::string_view text, std::string_view piece) {
  Result<TextIndex> index = TextIndex::build(text);
  VERIFY(index.ok() == is_valid_utf8(text), "what is valid has an index");
  if (!index) return;
  const auto shared = std::make_shared<const TextIndex>(std::move(*index));
  const bool is_piece = !piece.empty() && is_valid_utf8(piece);
  const std::size_t count = is_piece ? occurrences(text, piece) : 0;
  const TextOf any(shared, Occurrence::Any);
  const TextOf once(shared, Occurrence::Once);
  const Domain::State state = read_checked(once, piece);
  VERIFY(contains(any, piece) == (count > 0), "members occur");
  VERIFY(contains(once, piece) == (count == 1), "members occur once");
  VERIFY(state == read(any, piece), "what occurs at all can become what occurs once");
  const bool begins = text.find(piece) != text.npos && !text.empty() &&
                      (piece.empty() || (static_cast<std::uint8_t>(piece[0]) & 0xC0) != 0x80);
  VERIFY((state != Domain::kDead) == begins, "what goes on is in the text");
}

void check_words(const std::vector<std::string>& words, std::string_view text) {
  const Words domain(words);
  const bool listed = std::find(words.begin(), words.end(), text) != words.end();
  VERIFY(contains(domain, text) == (listed && is_valid_utf8(text)), "members are on the list");
  read_checked(domain, text);
}

void check_paths(const std::vector<std::string>& paths, std::string_view text) {
  PathSet live;
  for (const std::string& path : paths) live.add(path);
  const PathSet whole(paths);
  const std::shared_ptr<const Trie> snapshot = live.snapshot();
  VERIFY(whole.contains(text) == live.contains(text), "one by one is all at once");

  const ExistingPath existing(snapshot, {.root = "/r"});
  std::string_view relative = text;
  if (relative.starts_with("./")) {
    relative.remove_prefix(2);
  } else if (relative.starts_with("/r/")) {
    relative.remove_prefix(3);
  }
  const bool exists = std::find(paths.begin(), paths.end(), relative) != paths.end() &&
                      is_plain_relative_path(relative);
  VERIFY(contains(existing, text) == exists, "members are on the listing");
  const Domain::State state = read_checked(existing, text);
  if (exists) VERIFY(existing.path_at(state) == relative, "the state names the file");

  const NewPath fresh(snapshot, {.root = "/r"});
  if (read_checked(fresh, text) != Domain::kDead && contains(fresh, text)) {
    VERIFY(!exists && is_plain_relative_path(relative), "members are new and inside");
    for (const std::string& path : paths) {
      if (!is_plain_relative_path(path)) continue;
      VERIFY(!relative.starts_with(path + "/") || contains(existing, path + "/x") ||
                 std::any_of(paths.begin(), paths.end(),
                             [&](const std::string& other) {
                               return is_plain_relative_path(other) &&
                                      other.starts_with(path + "/");
                             }),
             "no member goes through a file");
      VERIFY(!path.starts_with(std::string(relative) + "/"), "no member is a directory");
    }
  }
}

}  // namespace

// Lines: the last is what is read; the others are paths, words, and together the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 600) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.rfind('\n');
  if (end == input.npos) return 0;
  const std::string_view text = input.substr(end + 1);
  std::vector<std::string> lines;
  for (const std::string_view line : split(input.substr(0, end), '\n')) lines.emplace_back(line);
  check_text(input.substr(0, end), text);
  check_words(lines, text);
  check_paths(lines, text);
  return 0;
}
