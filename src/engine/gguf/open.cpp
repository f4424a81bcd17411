#include "engine/gguf/open.h"

#include <utility>

namespace temper::engine {

Result<OpenGguf> open_gguf(const std::string& path, const std::string& name) {
  MappedFile mapping = TRY(MappedFile::open(path));
  GgufFile file = TRY(GgufFile::parse(mapping.bytes(), name.empty() ? path : name));
  return OpenGguf{std::move(mapping), std::move(file)};
}

}  // namespace temper::engine
