// A file descriptor with one owner, which closes it.
#pragma once

#include <utility>

namespace temper {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int descriptor) : descriptor_(descriptor) {}
  UniqueFd(UniqueFd&& other) noexcept : descriptor_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return descriptor_; }  // -1 where there is none
  bool is_open() const { return descriptor_ >= 0; }
  // The caller becomes the owner.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
  // Closes what is held, and holds `descriptor` from now on.
  void reset(int descriptor = -1);

 private:
  int descriptor_ = -1;
};

}  // namespace temper
