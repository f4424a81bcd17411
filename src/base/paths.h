// Paths as text: joined, made plain, compared, and shown to people.
//
// A path is a std::string of bytes. Nothing here asks the disk, so symbolic links
// are names like any other: who decides what may be touched resolves them first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/result.h"

namespace temper {

// `path` as seen from `root`, absolute and plain: no ".", no "..", no empty part,
// no slash at its end but that of "/" itself. Above "/" is "/". An absolute path
// stays where it is. `root` is absolute.
std::string resolve(std::string_view root, std::string_view path);

// Is `path` `root` itself or below it? Both are absolute, and made plain first.
bool is_inside(std::string_view root, std::string_view path);

// The home directory, or an error that says what to set.
Result<std::string> home_directory(const Environment& environment);

// "~" and "~/x" with the home directory for the tilde; everything else as it is,
// also "~name", which may be a file of that name.
Result<std::string> expand_home(const Environment& environment, std::string_view path);

// For people: "~/x" for what is inside the home directory, where there is one.
std::string display_path(const Environment& environment, std::string_view path);

// Where the program keeps what is a user's, by the XDG Base Directory Specification
// 0.8. Relative values of its variables are ignored, as it asks.
enum class UserDirectory {
  Config,  // what a person writes
  Data,    // what is worth a backup
  State,   // what may be lost: sessions, logs
  Cache,   // what can be made again
};

// The program's own directory there, such as "/home/ada/.config/temper". It need
// not exist. Fails when neither the variable for it nor HOME is of use.
Result<std::string> user_directory(const Environment& environment, UserDirectory kind);

// For sockets and locks, gone after a logout; none where the system offers none.
std::optional<std::string> runtime_directory(const Environment& environment);

}  // namespace temper
