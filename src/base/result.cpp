#include "base/result.h"

#include <cerrno>
#include <system_error>

#include "base/format.h"

namespace temper {
namespace {

Code code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH: return Code::NotFound;
    case EACCES:
    case EPERM:
    case EROFS: return Code::Denied;
    case EEXIST:
    case EBUSY:
    case EISDIR:
    case ENOTEMPTY: return Code::Conflict;
    case EINVAL: return Code::Invalid;
    case ENAMETOOLONG:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM: return Code::Limit;
    case ENOSYS:
    case ENOTSUP: return Code::Unsupported;
    case EAGAIN:
    case ECONNREFUSED: return Code::Unavailable;
    case ETIMEDOUT: return Code::TimedOut;
    default: return Code::Io;
  }
}

}  // namespace

std::string_view code_name(Code code) {
  switch (code) {
    case Code::Invalid: return "invalid";
    case Code::NotFound: return "not_found";
    case Code::Conflict: return "conflict";
    case Code::Denied: return "denied";
    case Code::Limit: return "limit";
    case Code::Corrupt: return "corrupt";
    case Code::Unsupported: return "unsupported";
    case Code::Unavailable: return "unavailable";
    case Code::TimedOut: return "timed_out";
    case Code::Stopped: return "stopped";
    case Code::Io: return "io";
  }
  return "unknown";
}

Error in_context(std::string_view context, Error error) {
  return Error{error.code, format("{}: {}", context, error.message)};
}

Error system_error(std::string_view what, int error_number) {
  // generic_category().message() is strerror without its shared buffer.
  return Error{code_of(error_number),
               format("{}: {}", what, std::generic_category().message(error_number))};
}

}  // namespace temper
