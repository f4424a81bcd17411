#include "base/verify.h"

#include <cstdio>
#include <cstdlib>

namespace temper {

void verify_failed(std::string_view assumed, const char* file, int line) {
  std::fprintf(stderr,
               "temper: this is a bug in temper: %s:%d assumed that %.*s. Please report it.\n",
               file, line, static_cast<int>(assumed.size()), assumed.data());
  std::abort();
}

}  // namespace temper
