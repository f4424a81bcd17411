#include "cli/processor.h"

#include "engine/kernels/kernels.h"

namespace temper::cli {

Result<std::string_view> kernels_here(const CpuFeatures& features, const Environment& environment) {
  const std::string forced = environment.get("TEMPER_CPU").value_or("");
  const engine::Kernels kernels = TRY(engine::choose_kernels(features, forced));
  TRY(engine::self_check(kernels));
  return engine::instruction_set_name(kernels.set);
}

}  // namespace temper::cli
