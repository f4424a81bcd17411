// Standard output and standard error as sinks.
#pragma once

#include "cli/output.h"

namespace temper::cli {

// Writes at once, so that the two streams keep their order. Once a write has
// failed, all that follows is dropped.
class DescriptorSink final : public Sink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}

  void write(std::string_view bytes) override;

  // 0, or the errno of the first write that failed. EPIPE says that the reader
  // has seen enough, which is no failure of ours.
  int error_number() const { return error_number_; }

 private:
  int descriptor_;
  int error_number_ = 0;
};

}  // namespace temper::cli
