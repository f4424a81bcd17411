#include "base/format.h"
#include "base/paths.h"
#include "cli/doctor.h"
#include "cli/model_stores.h"

namespace temper::cli {
namespace {

Finding describe_store(const StorePlace& place, const StoreContent& content,
                       const Examination& examination) {
  const std::string_view at_least = content.complete ? "" : "at least ";
  return {.name = std::string(store_name(place.kind)),
          .health = Health::Ok,
          .found = format("{}{} {}, {}, in {}", at_least, content.models,
                          content.models == 1 ? "model" : "models", format_bytes(content.bytes),
                          display_path(examination.environment, place.folder)),
          .details = Json::object({{"folder", place.folder},
                                   {"models", content.models},
                                   {"bytes", content.bytes},
                                   {"complete", content.complete}})};
}

}  // namespace

std::vector<Finding> check_model_stores(const Examination& examination) {
  std::vector<Finding> findings;
  for (const StorePlace& place : store_places(
           examination.environment,
           model_folders(examination.settings.config, examination.environment), examination.root)) {
    examination.log.info("looking into {}", place.folder);
    const StoreContent content = look_into(place, examination.clock, examination.stop);
    if (content.exists) {
      findings.push_back(describe_store(place, content, examination));
    } else if (place.kind == StoreKind::Folder) {
      findings.push_back(
          {.name = std::string(store_name(place.kind)),
           .health = Health::Warning,
           .found = format("{} is not there", display_path(examination.environment, place.folder)),
           .advice = "correct models.paths in the configuration"});
    }
  }
  if (findings.empty()) {
    findings.push_back({.name = "model stores",
                        .health = Health::Info,
                        .found = "none of Hugging Face, Ollama or LM Studio",
                        .advice = "models elsewhere? Add their folder to models.paths"});
  }
  return findings;
}

}  // namespace temper::cli
