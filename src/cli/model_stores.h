// Where other programs on this machine keep models, and how many there are.
//
// Looks at names and sizes only; opens no model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/stop.h"

namespace temper::cli {

enum class StoreKind { HuggingFace, Ollama, LmStudio, Folder };
std::string_view store_name(StoreKind kind);

// A place to look in, whether or not it exists.
struct StorePlace {
  StoreKind kind = StoreKind::Folder;
  std::string folder;

  bool operator==(const StorePlace&) const = default;
};

// In the order in which those programs look, then `folders`, those of the user.
// `root` stands before paths of the system, for tests.
std::vector<StorePlace> store_places(const Environment& environment,
                                     const std::vector<std::string>& folders,
                                     const std::string& root = {});

struct StoreContent {
  bool exists = false;
  bool complete = true;  // false: a limit was reached, so there is at least this much
  std::size_t models = 0;
  std::uint64_t bytes = 0;

  bool operator==(const StoreContent&) const = default;
};

// How much looking around may cost.
struct StoreLimits {
  std::size_t entries = 200'000;
  std::chrono::milliseconds time{2000};
};

// A model in several files counts once. Links are not followed, so that a file
// that is seen under two names counts once, too.
StoreContent look_into(const StorePlace& place, Clock& clock, const StopToken& stop,
                       const StoreLimits& limits = {});

}  // namespace temper::cli
