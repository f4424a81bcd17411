#include "cli/processor.h"

#include "cli/words.h"
#include "engine/kernels/kernels.h"

namespace temper::cli {

Result<std::string_view> kernels_here(const CpuFeatures& features, const Environment& environment) {
  const std::string forced = environment.get("TEMPER_CPU").value_or("");
  const auto blame = [&forced](const Error& error) {
    return forced.empty() ? error : in_context("TEMPER_CPU", error);
  };
  const Result<engine::Kernels> kernels = engine::choose_kernels(features, forced);
  if (!kernels) return blame(kernels.error());
  const Result<void> checked = engine::self_check(*kernels);
  if (!checked) return blame(checked.error());
  return engine::instruction_set_name(kernels->set);
}

std::string kernel_names(const CpuFeatures& features) {
  std::vector<std::string_view> names;
  for (const engine::Kernels& kernels : engine::available_kernels(features)) {
    names.push_back(engine::instruction_set_name(kernels.set));
  }
  return list_in_words(names, "or");
}

}  // namespace temper::cli
