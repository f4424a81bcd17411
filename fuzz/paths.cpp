// What must be true of resolve, is_inside and the tilde for every pair of paths.
#include "base/paths.h"

#include <algorithm>
#include <cstdint>

#include "base/verify.h"

namespace {

using temper::display_path;
using temper::Environment;
using temper::expand_home;
using temper::is_inside;
using temper::resolve;
using temper::Result;

void check_plain(const std::string& path) {
  VERIFY(path.starts_with('/'), "a resolved path is absolute");
  VERIFY(path == "/" || !path.ends_with('/'), "it has no slash at its end");
  const std::string closed = path + "/";
  for (const char* part : {"//", "/./", "/../"}) {
    VERIFY(path == "/" || closed.find(part) == closed.npos, "it has only names in it");
  }
}

bool climbs(std::string_view path) {
  return ("/" + std::string(path) + "/").find("/../") != std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t border = std::min(input.find('\0'), input.size());
  const std::string root = "/" + std::string(input.substr(0, border));
  const std::string path(input.substr(std::min(border + 1, input.size())));

  const std::string plain_root = resolve(root, "");
  const std::string resolved = resolve(root, path);
  check_plain(plain_root);
  check_plain(resolved);
  VERIFY(resolve(plain_root, path) == resolved, "a root may be made plain before");
  VERIFY(resolve("/", resolved) == resolved, "what is plain stays as it is");
  VERIFY(resolve(resolved, "..") == resolve(resolved + "/..", "."), ".. works in either place");
  VERIFY(resolve(resolved, "x/..") == resolved, ".. takes back one name");

  VERIFY(is_inside("/", resolved) && is_inside(resolved, resolved), "all is inside / and itself");
  VERIFY(is_inside(resolved, resolve(resolved, "x")), "a child is inside");
  VERIFY(resolved == "/" || !is_inside(resolved, resolved + "x"), "a longer name is not");
  VERIFY(resolved == "/" || !is_inside(resolved, resolve(resolved, "..")), "nor is the parent");
  if (!path.starts_with('/') && !climbs(path)) {
    VERIFY(is_inside(root, resolved), "only .. and / lead out");
  }
  VERIFY(is_inside(root, resolved) == (resolved == plain_root || plain_root == "/" ||
                                       resolved.rfind(plain_root + "/", 0) == 0),
         "inside is what begins with the root and a slash");

  Environment environment;
  environment.set("HOME", root);
  const Result<std::string> back = expand_home(environment, display_path(environment, resolved));
  VERIFY(back.ok() && *back == resolved, "what is shown can be typed");
  return 0;
}
