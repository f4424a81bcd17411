// The domain of what occurs in the file that the same call named before.
//
// Depends on an ExistingPath: its final state names the file, whose text is loaded when
// somebody begins to write a piece of it, once per domain.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "chat/domain.h"
#include "chat/domains/existing_path.h"
#include "chat/domains/text_cache.h"
#include "chat/domains/text_of.h"

namespace temper::chat {

// Made anew for each request, so that it stays as it is while the files change; the cache
// outlives it. Where a file has no text to hold on to (it is empty, not UTF-8, too large,
// or cannot be read) every text is a member: a call that is half written cannot be taken
// back, and its tool will say what is wrong.
class TextOfFile final : public Domain {
 public:
  // The text of the file at a path that is relative to the workspace. Called from
  // whichever thread reads the domain, one call at a time.
  using Load = std::function<Result<std::string>(std::string_view path)>;

  TextOfFile(std::shared_ptr<const ExistingPath> paths, Load load, std::shared_ptr<TextCache> cache,
             Occurrence occurrence);

  State start(State given) const override;
  State next(State state, std::uint8_t byte) const override;
  bool is_member(State state) const override;

 private:
  // What a state's upper byte says: which file. The files beyond that many are free.
  static constexpr std::size_t kFiles = 64;

  State load(State given) const;

  std::shared_ptr<const ExistingPath> paths_;
  Load load_;
  std::shared_ptr<TextCache> cache_;
  Occurrence occurrence_;

  mutable std::mutex mutex_;
  mutable std::unordered_map<State, State> starts_;  // by what was given
  // Each is written once, before the first state that speaks of it is handed out, so
  // reading on needs no lock.
  mutable std::array<std::shared_ptr<const TextIndex>, kFiles> texts_;
  mutable std::size_t text_count_ = 0;
};

}  // namespace temper::chat
