// A GGUF file on the disk: mapped, and held for as long as it is read.
#pragma once

#include <string>

#include "base/mapped_file.h"
#include "base/result.h"
#include "engine/gguf/file.h"

namespace temper::engine {

// May be moved: views into it stay valid while any of its moves lives.
struct OpenGguf {
  MappedFile mapping;
  GgufFile file;  // views of `mapping`
};

// What is wrong is said of `name`, as the user has written the path, or else of `path`.
Result<OpenGguf> open_gguf(const std::string& path, const std::string& name = {});

}  // namespace temper::engine
