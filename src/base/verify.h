// For bugs of ours, and only for those: no input of any kind may reach one.
#pragma once

#include <string_view>

namespace temper {

// Writes the message to stderr and aborts.
[[noreturn]] void verify_failed(std::string_view assumed, const char* file, int line);

}  // namespace temper

// Stops the program when `condition` is false; `assumed` says what was assumed.
#define VERIFY(condition, assumed)                          \
  do {                                                      \
    if (!(condition)) {                                     \
      ::temper::verify_failed(assumed, __FILE__, __LINE__); \
    }                                                       \
  } while (false)

// The same in hot loops: checked in every build but `release`.
#ifdef NDEBUG
#define DEBUG_VERIFY(condition, assumed) \
  do {                                   \
  } while (false)
#else
#define DEBUG_VERIFY(condition, assumed) VERIFY(condition, assumed)
#endif
