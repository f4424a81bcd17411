// The machine itself: processor, memory, disk, graphics.
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "base/format.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/text.h"
#include "cli/doctor.h"
#include "cli/processor.h"

namespace temper::cli {
namespace {

constexpr std::uint64_t kGiB = 1024 * 1024 * 1024;
constexpr std::uint64_t kLittleMemory = 4 * kGiB;
constexpr std::uint64_t kLittleDisk = 10 * kGiB;

// The path itself, or the nearest folder above it that exists.
std::filesystem::path nearest_existing(std::filesystem::path path) {
  std::error_code ignored;
  while (path.has_relative_path() && !std::filesystem::exists(path, ignored)) {
    path = path.parent_path();
  }
  return path;
}

// Whether the folder, or what is missing of it, is ours to write.
bool can_be_made(const std::string& folder) {
  const std::filesystem::path existing = nearest_existing(folder);
  std::error_code ignored;
  return std::filesystem::is_directory(existing, ignored) &&
         faccessat(AT_FDCWD, existing.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

std::string vendor_name(std::string_view id) {
  if (id == "0x10de") return "NVIDIA";
  if (id == "0x1002") return "AMD";
  if (id == "0x8086") return "Intel";
  return id.empty() ? "unknown" : std::string(id);
}

// Devices that can compute, as the kernel names them.
std::vector<std::string> render_devices(const Examination& examination) {
  std::vector<std::string> devices;
  std::error_code failed;
  const std::filesystem::path folder = examination.root + "/sys/class/drm";
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with("renderD")) continue;
    const std::string vendor =
        read_system_file(examination, format("/sys/class/drm/{}/device/vendor", name));
    devices.push_back(format("{} ({})", vendor_name(vendor), name));
  }
  std::ranges::sort(devices);
  return devices;
}

constexpr std::string_view kUnused = "temper does not use it yet";

}  // namespace

std::vector<Finding> check_processor(const Examination& examination) {
  const CpuInfo cpu = detect_cpu();
  const std::vector<std::string_view> features = feature_names(cpu.features);
  Json names = Json::array();
  for (const std::string_view feature : features) names.push(feature);
  Finding finding{.name = "processor",
                  .found = format("{}, {} {}", cpu.model, cpu.cores.physical,
                                  cpu.cores.physical == 1 ? "core" : "cores"),
                  .details = Json::object({{"model", cpu.model},
                                           {"cores", cpu.cores.physical},
                                           {"threads", cpu.cores.logical},
                                           {"features", std::move(names)}})};
  const Result<std::string_view> kernels = kernels_here(cpu.features, examination.environment);
  if (!kernels) {
    finding.health = Health::Missing;
    finding.found += format("; {}", kernels.error().message);
    if (examination.environment.get_non_empty("TEMPER_CPU")) {
      finding.health = Health::Warning;
      finding.advice = format("unset TEMPER_CPU or set it to {}", kernel_names(cpu.features));
    }
    return {finding};
  }
  finding.details.set("kernels", *kernels);
  finding.found += format("; kernels: {}", *kernels);
#if defined(__x86_64__)
  if (!cpu.features.avx2) {
    finding.health = Health::Warning;
    finding.found += "; without AVX2, models run slowly";
  }
#endif
  return {finding};
}

std::vector<Finding> check_memory(const Examination& examination) {
  const std::optional<MemoryState> memory = read_memory_state(examination.root);
  if (!memory) {
    return {{.name = "memory", .health = Health::Info, .found = "/proc/meminfo does not say"}};
  }
  Finding finding{.name = "memory",
                  .found = format("{}, {} of it available", format_bytes(memory->total),
                                  format_bytes(memory->available)),
                  .details = Json::object(
                      {{"total_bytes", memory->total}, {"available_bytes", memory->available}})};
  if (memory->limit) {
    finding.found += format(", limited to {} by the control group", format_bytes(*memory->limit));
    finding.details.set("limit_bytes", *memory->limit);
  }
  if (memory->usable() < kLittleMemory) {
    finding.health = Health::Warning;
    finding.found += "; only the smallest models fit";
  }
  return {finding};
}

std::vector<Finding> check_disk(const Examination& examination) {
  const Result<std::string> folder = user_directory(examination.environment, UserDirectory::Data);
  if (!folder) {
    return {{.name = "disk", .health = Health::Warning, .found = folder.error().message}};
  }
  struct statvfs file_system {};
  if (statvfs(nearest_existing(*folder).c_str(), &file_system) != 0) {
    return {{.name = "disk",
             .health = Health::Warning,
             .found = system_error(format("cannot look at {}", *folder), errno).message}};
  }
  const std::uint64_t free = std::uint64_t{file_system.f_bavail} * file_system.f_frsize;
  Finding finding{.name = "disk",
                  .found = format("{} free for {}", format_bytes(free),
                                  display_path(examination.environment, *folder)),
                  .details = Json::object({{"free_bytes", free}, {"folder", *folder}})};
  if (!can_be_made(*folder)) {
    finding.health = Health::Warning;
    finding.found += ", which cannot be written";
    finding.advice = "give yourself the right to, or name another folder in XDG_DATA_HOME";
  } else if (free < kLittleDisk) {
    finding.health = Health::Warning;
    finding.advice = "models take 1 to 20 GiB each; XDG_DATA_HOME may name another disk";
  }
  return {finding};
}

std::vector<Finding> check_graphics(const Examination& examination) {
  const ProgramAnswer nvidia = ask_program(
      examination,
      {"nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"});
  std::vector<std::string> found;
  if (nvidia.success && !nvidia.text.empty()) {
    for (const std::string_view line : split(nvidia.text, '\n')) found.emplace_back(line);
  } else {
    found = render_devices(examination);
  }
  Json devices = Json::array();
  for (const std::string& device : found) devices.push(device);
  Finding finding{.name = "graphics",
                  .health = Health::Info,
                  .found = found.empty() ? "none found; models run on the processor"
                                         : format("{}; {}", join(found, "; "), kUnused),
                  .details = Json::object({{"devices", std::move(devices)}})};
  if (nvidia.found && !nvidia.success) {
    finding.health = Health::Warning;
    finding.found = found.empty() ? "" : finding.found + "; ";
    finding.found += "nvidia-smi " + does_not_run("", nvidia).found;
  }
  return {finding};
}

}  // namespace temper::cli
