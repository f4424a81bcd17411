// A file that is written in pieces, of which nobody ever sees less than the whole.
//
// For what is too large to hold; else see write_file_atomically, whose promises are
// these.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace temper {

enum class Existing { Replace, Refuse };

// Until it is committed, what was there stays as it is, and what was appended is beside
// it under another name; where this goes out of scope before, that is removed. (A
// program that is killed leaves it: a hidden file that ends in ".tmp".)
class AtomicFile {
 public:
  // Fails as write_file_atomically does, and with Conflict where there is a file that
  // is not to be replaced.
  static Result<AtomicFile> create(const std::string& path, Existing existing, mode_t mode = 0644);
  // The same for `name`, a single part, in the open `directory`, which may be a mere O_PATH.
  // Nothing leads elsewhere: a link at that name is refused. Errors call the file `shown`.
  static Result<AtomicFile> create_in(UniqueFd directory, const std::string& name,
                                      std::string shown, Existing existing, mode_t mode = 0644);

  AtomicFile(AtomicFile&& other) noexcept
      : existing_(other.existing_),
        directory_(std::move(other.directory_)),
        name_(std::move(other.name_)),
        shown_(std::move(other.shown_)),
        temporary_(std::exchange(other.temporary_, {})),
        descriptor_(std::move(other.descriptor_)),
        replaces_(other.replaces_),
        replaced_(other.replaced_) {}
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Result<void> append(std::string_view bytes);
  // Puts all of it in place. A file that has appeared there since is replaced or, as was
  // asked for, not: Conflict.
  Result<void> commit();

 private:
  AtomicFile() = default;

  Existing existing_ = Existing::Refuse;
  UniqueFd directory_;
  std::string name_;       // in the directory
  std::string shown_;      // what errors call it
  std::string temporary_;  // beside it; empty once it is in place
  UniqueFd descriptor_;
  bool replaces_ = false;
  struct stat replaced_ {};  // where it replaces one
};

}  // namespace temper
