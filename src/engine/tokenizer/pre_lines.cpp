// gemma4: [^\n]+|[\n]+
#include <algorithm>

#include "engine/tokenizer/pre_tokenizer.h"

namespace temper::engine {

std::size_t word_length_lines(std::string_view rest) {
  const std::size_t end =
      rest.front() == '\n' ? rest.find_first_not_of('\n') : rest.find_first_of('\n');
  return std::min(end, rest.size());
}

}  // namespace temper::engine
