#include "engine/gguf/open.h"

#include <utility>

namespace temper::engine {

Result<OpenGguf> open_gguf(const std::string& path, const std::string& name) {
  const std::string& shown = name.empty() ? path : name;
  MappedFile mapping = TRY(MappedFile::open(path, shown));
  GgufFile file = TRY(GgufFile::parse(mapping.bytes(), shown));
  return OpenGguf{std::move(mapping), std::move(file)};
}

}  // namespace temper::engine
