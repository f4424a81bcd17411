#include "cli/words.h"

#include "base/format.h"

namespace temper::cli {

std::string list_in_words(const std::vector<std::string_view>& items,
                          std::string_view conjunction) {
  std::string text;
  for (std::size_t index = 0; index < items.size(); ++index) {
    if (index > 0 && index + 1 == items.size()) {
      text += format(" {} ", conjunction);
    } else if (index > 0) {
      text += ", ";
    }
    text += items[index];
  }
  return text;
}

}  // namespace temper::cli
