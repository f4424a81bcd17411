// The walls of the file tools: every file that they read, write or list is opened from here,
// and lies below one directory.
//
// The kernel resolves a path beneath the descriptor of that directory (openat2), so neither
// "..", nor a symbolic link, nor a directory that is exchanged for a link meanwhile leads
// outside. Where the kernel has no openat2 each part is opened by itself and links are not
// followed at all. Knows nothing of models, ignore files or what a text means.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace temper::agent {

// May be used from several threads.
class Workspace {
 public:
  enum class Resolver { Kernel, PartByPart };  // the second is for kernels before 5.6

  // `root` is absolute. The directory stays the root wherever it is moved.
  static Result<Workspace> open(const std::string& root, Resolver resolver = Resolver::Kernel);

  const std::string& root() const { return root_; }

  // The one spelling of a path here: "src/a.c" for "./src//a.c", "src/b/../a.c" and the
  // absolute path; "." for the root. Asks no disk. Fails with Denied for what lies outside.
  Result<std::string> plain(std::string_view path) const;

  enum class Kind { File, Directory, Other };
  struct Entry {
    std::string path;  // plain, and where the links on the way led
    Kind kind = Kind::Other;
    std::uint64_t bytes = 0;
  };
  // In what follows, `path` is in any spelling; NotFound where nothing is there.
  Result<Entry> look(std::string_view path) const;

  struct File {
    std::string path;  // plain, and where the links on the way led
    std::string bytes;
  };
  Result<File> read(std::string_view path, std::size_t max_bytes) const;

  struct Name {
    std::string name;
    bool is_directory = false;
    bool is_link = false;

    bool operator==(const Name&) const = default;
  };
  // What a directory holds, sorted.
  Result<std::vector<Name>> list(std::string_view path) const;

  struct Written {
    std::string path;
    bool is_new = false;
    std::vector<std::string> new_directories = {};

    bool operator==(const Written&) const = default;
  };
  // Makes the file hold `bytes`, with the promises of write_file_atomically, and the
  // directories above it. Denied for what is in a ".git", and for links that lead nowhere.
  Result<Written> write(std::string_view path, std::string_view bytes) const;

 private:
  enum class Links { Follow, Refuse };

  Workspace(std::string root, UniqueFd directory, Resolver resolver)
      : root_(std::move(root)), directory_(std::move(directory)), resolver_(resolver) {}

  // `plain` as it is; errno where the descriptor is not open.
  UniqueFd open_beneath(const std::string& plain, int flags, Links links) const;
  UniqueFd open_part_by_part(const std::string& plain, int flags) const;
  Result<UniqueFd> open_path(std::string_view verb, const std::string& plain, int flags) const;
  // Where the descriptor's file is, by what the system says.
  Result<std::string> place_of(int descriptor, const std::string& plain) const;
  // The path along which no link stands, of a file that may not exist yet.
  Result<std::string> resolve_links(const std::string& plain) const;
  Result<UniqueFd> make_directory_of(const std::string& plain, Written& written) const;

  std::string root_;
  UniqueFd directory_;
  Resolver resolver_;
};

// "a" and "b.c" of "a/b.c"; "." and "a" of "a".
std::string_view directory_of(std::string_view plain);
std::string_view last_name_of(std::string_view plain);
// "a/b.c" of "a" and "b.c"; "b.c" of "." and "b.c".
std::string join_path(std::string_view directory, std::string_view name);

}  // namespace temper::agent
