#include "cli/standard_input.h"

#include <unistd.h>

#include <vector>

#include "base/file.h"
#include "base/format.h"

namespace temper::cli {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

Result<std::string> read_standard_input() {
  std::string text;
  std::vector<char> part(1 << 16);
  while (true) {
    const std::size_t count =
        TRY(read_some(STDIN_FILENO, part.data(), part.size(), "the standard input"));
    if (count == 0) return text;
    text.append(part.data(), count);
    if (text.size() > kMaxBytes) {
      return Error{Code::Limit, format("the standard input is longer than {}; give less of it",
                                       format_bytes(kMaxBytes))};
    }
  }
}

}  // namespace

Result<std::string> argument_or_input(const Context& context, std::string_view positional) {
  const std::optional<std::string> given = context.arguments.value(positional);
  return given && *given != "-" ? Result<std::string>(*given) : read_standard_input();
}

}  // namespace temper::cli
