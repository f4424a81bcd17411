// git's lock on the index, held by us: while it is there, no git of anybody's writes the index.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace temper::agent {

class IndexLock {
 public:
  // Unavailable where somebody holds it, or was killed with it.
  static Result<IndexLock> take(const std::string& git_dir);
  IndexLock(IndexLock&& other) noexcept : index_(std::exchange(other.index_, {})) {}
  IndexLock& operator=(IndexLock&&) = delete;
  ~IndexLock();  // gives it back; the index stays what it was

  // With the index's own time, by which git knows which entries are in doubt. No index: no file.
  Result<void> copy_index_to(const std::string& path) const;
  // What the index is to become.
  Result<void> write(const std::string& path);
  // It becomes that, and the lock is gone.
  Result<void> commit();

 private:
  explicit IndexLock(std::string index) : index_(std::move(index)) {}

  std::string lock() const { return index_ + ".lock"; }

  std::string index_;  // empty once it is given back
};

// Copies a file with its times; true where there was one.
Result<bool> copy_with_times(const std::string& from, const std::string& to);

}  // namespace temper::agent
