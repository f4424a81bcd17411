// Whole files: read with a limit, written so that nobody ever sees half of one.
//
// A path is a std::string of bytes, as the system has it; base/paths.h makes
// paths out of paths. Nothing here knows what is in a file. Errors name the path.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace temper {

// An error for what names nothing: an empty path, or one with a NUL byte, at which it
// would silently end for the system.
Result<void> check_path(const std::string& path);

// An error that says what else it is, unless `mode` (of stat) is a regular file's.
Result<void> require_regular(const std::string& path, mode_t mode);

// The bytes of a regular file, at most `max_bytes` of them; a longer file is
// refused (Limit), not cut. Files of /proc, which claim to be empty, are read to
// their end. Directories, pipes, sockets and devices are refused and never waited for.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

// Makes `path` hold `bytes`, all of them or, on failure, what it held before: also after a
// power cut, for the file and its directory are synced. (Should the very last step fail,
// "cannot sync the directory", it holds `bytes` until a power cut, and thereafter one or the
// other.) An existing file keeps its permissions and, where we may set them, its owner and
// group (where not, the set-id bits are lost); a new one gets `mode` less the umask. Where
// `path` is a symbolic link, the file that it leads to is written and the link stays; but a
// link of somebody else's in a directory where anybody may put one, such as /tmp, is refused.
//
// Refused: a directory, a device, a pipe; a file without write permission (which
// a rename would not ask about). Hard links, ACLs and extended attributes are lost.
Result<void> write_file_atomically(const std::string& path, std::string_view bytes,
                                   mode_t mode = 0644);

// Makes the directory and those above it, where they do not exist yet.
Result<void> make_directories(const std::string& path, mode_t mode = 0755);

// Opens an existing regular file for reading; what is not one is refused, without waiting.
// Errors call it `name` where one is given: the path as a person has written it.
struct OpenedFile {
  UniqueFd descriptor;
  std::size_t bytes = 0;  // at this moment, and 0 for files of /proc
};
Result<OpenedFile> open_regular_file(const std::string& path, const std::string& name = {});

// What read_file does with a file that is open already, from where its descriptor stands.
Result<std::string> read_opened_file(const OpenedFile& file, std::size_t max_bytes,
                                     const std::string& name);

// Writes all of it, again where a signal interrupted. `path` is what an error names.
Result<void> write_all(int descriptor, std::string_view bytes, const std::string& path);

// Reads once into `buffer`, again where a signal interrupted; 0 at the end.
Result<std::size_t> read_some(int descriptor, char* buffer, std::size_t size,
                              const std::string& path);

}  // namespace temper
