#include "engine/gguf/open.h"

#include <utility>

namespace temper::engine {

Result<OpenGguf> open_gguf(const std::string& path) {
  MappedFile mapping = TRY(MappedFile::open(path));
  GgufFile file = TRY(GgufFile::parse(mapping.bytes(), path));
  return OpenGguf{std::move(mapping), std::move(file)};
}

}  // namespace temper::engine
