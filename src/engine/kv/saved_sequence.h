// A sequence on the disk: what a model remembers of a conversation, to go on from without
// reading it again. docs/saved-sequences.md describes the format.
//
// Pages and states that several places share, such as marks, are written once. The file
// belongs to one model and one way of keeping it, and says so.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stop.h"
#include "engine/gguf/token_id.h"
#include "engine/kv/sequence.h"

namespace temper::engine {

// Replaces what is at `path`, whole or not at all. `fingerprint` is the model's.
Result<void> save_sequence(const Sequence& sequence, const std::string& fingerprint,
                           const std::string& path, const StopToken& stop = {});

// Refuses what is damaged, of another model, kept in another way, or of another version,
// each in a sentence of its own. Takes memory for no more than the file holds.
Result<Sequence> load_sequence(CacheStore& store, const std::string& fingerprint,
                               const std::string& path);

// The same of the bytes of such a file, which errors call `name`.
Result<Sequence> read_saved_sequence(CacheStore& store, const std::string& fingerprint,
                                     std::span<const std::byte> bytes, const std::string& name);

// What a saved sequence could be used for, without reading its pages: its tokens, and
// where it could be cut. Its checksum is not looked at.
struct SavedOutline {
  std::vector<TokenId> tokens;
  RestorePoints points;
};
Result<SavedOutline> outline_of_saved(const CacheLayout& layout, const std::string& fingerprint,
                                      const std::string& path);

}  // namespace temper::engine
