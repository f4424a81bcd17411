#include "agent/sandbox/seccomp_filter.h"

#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/unique_fd.h"

namespace temper::agent {
namespace {

// By name, since libseccomp knows some that the system's headers do not.
constexpr std::array kForbidden = {
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "kcmp",
    "pidfd_getfd",
    "keyctl",
    "add_key",
    "request_key",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "move_mount",
    "open_tree",
    "mount_setattr",
    "chroot",
    "unshare",
    "setns",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "acct",
    "swapon",
    "swapoff",
    "reboot",
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "clock_adjtime",
    "sethostname",
    "setdomainname",
    "quotactl",
    "quotactl_fd",
    "lookup_dcookie",
    "nfsservctl",
    "iopl",
    "ioperm",
    "syslog",
    "vhangup",
    "open_by_handle_at",
    "name_to_handle_at",
    "fanotify_init",
    "mbind",
    "move_pages",
    "migrate_pages",
    "set_mempolicy",
};

class Filter {
 public:
  Filter() : context_(::seccomp_init(SCMP_ACT_ALLOW)) {}

  void refuse(const char* name, int error_number = EPERM) {
    const int number = ::seccomp_syscall_resolve_name(name);
    // One that the library or the architecture does not know.
    if (number == __NR_SCMP_ERROR) return;
    note(::seccomp_rule_add(context_.get(), SCMP_ACT_ERRNO(static_cast<unsigned>(error_number)),
                            number, 0));
  }

  void refuse_where(const char* name, scmp_arg_cmp argument) {
    note(::seccomp_rule_add_array(context_.get(), SCMP_ACT_ERRNO(EPERM),
                                  ::seccomp_syscall_resolve_name(name), 1, &argument));
  }

  Result<std::string> program() {
    UniqueFd memory(::memfd_create("filter", MFD_CLOEXEC));
    if (!memory.is_open()) return system_error("cannot make the filter of system calls", errno);
    if (failed_ == 0) failed_ = ::seccomp_export_bpf(context_.get(), memory.get());
    if (failed_ != 0) return system_error("cannot make the filter of system calls", -failed_);
    std::string program(static_cast<std::size_t>(::lseek(memory.get(), 0, SEEK_END)), '\0');
    const ssize_t read = ::pread(memory.get(), program.data(), program.size(), 0);
    if (read != static_cast<ssize_t>(program.size())) {
      return system_error("cannot read the filter of system calls", errno);
    }
    return program;
  }

 private:
  struct Release {
    void operator()(void* context) const { ::seccomp_release(context); }
  };
  void note(int result) {
    if (failed_ == 0) failed_ = result;
  }

  std::unique_ptr<void, Release> context_;
  int failed_ = 0;
};

scmp_arg_cmp argument(unsigned index, scmp_compare compare, scmp_datum_t a, scmp_datum_t b = 0) {
  return {index, compare, a, b};
}

}  // namespace

Result<std::string> seccomp_filter() {
  Filter filter;
  for (const char* name : kForbidden) filter.refuse(name);
  // Its flags lie in memory, which a filter cannot see: callers fall back to clone.
  filter.refuse("clone3", ENOSYS);
  filter.refuse_where("clone", argument(0, SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
  filter.refuse_where("ioctl", argument(1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU, TIOCSTI));
  constexpr unsigned kTiocLinux = 0x541C;
  filter.refuse_where("ioctl", argument(1, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU, kTiocLinux));
  for (int family = 0; family <= AF_NETLINK; ++family) {
    if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) {
      continue;
    }
    filter.refuse_where("socket", argument(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)));
  }
  filter.refuse_where("socket", argument(0, SCMP_CMP_GT, AF_NETLINK));
  return filter.program();
}

}  // namespace temper::agent
