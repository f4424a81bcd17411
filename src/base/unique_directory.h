// A directory that is being listed, and closed with its owner.
#pragma once

#include <dirent.h>

#include <memory>

namespace temper {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using UniqueDirectory = std::unique_ptr<DIR, CloseDirectory>;

}  // namespace temper
