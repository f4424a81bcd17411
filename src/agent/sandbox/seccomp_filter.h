// The system calls that a command has no use for and that have let others out of their walls.
#pragma once

#include <string>

#include "base/result.h"

namespace temper::agent {

// A program for the kernel's filter, as `bwrap --seccomp` reads it. It refuses (EPERM) what
// makes namespaces, mounts, traces, loads code into the kernel, or leaves by a socket that
// is neither a Unix, an Internet nor a netlink one; calls of another architecture end the
// caller. Everything else passes.
Result<std::string> seccomp_filter();

}  // namespace temper::agent
