#include "cli/model_stores.h"

#include <algorithm>
#include <filesystem>

#include "base/paths.h"
#include "base/text.h"

namespace temper::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEntriesPerLook = 256;  // between two looks at the clock

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "x.gguf", and of "x-00001-of-00003.gguf" only the first.
bool is_gguf_model(std::string_view name) {
  constexpr std::string_view kExtension = ".gguf";
  constexpr std::size_t kDigits = 5;
  constexpr std::string_view kOf = "-of-";
  if (!to_lower_ascii(name).ends_with(kExtension)) return false;
  name.remove_suffix(kExtension.size());
  const std::size_t part_size = 1 + kDigits + kOf.size() + kDigits;
  if (name.size() < part_size) return true;
  const std::string_view part = name.substr(name.size() - part_size);
  const bool is_split = part.front() == '-' && is_digits(part.substr(1, kDigits)) &&
                        part.substr(1 + kDigits, kOf.size()) == kOf &&
                        is_digits(part.substr(part.size() - kDigits));
  return !is_split || part.substr(1, kDigits) == "00001";
}

// Whether the entry stands for one model, by the rules of whose store it is.
bool is_model(StoreKind kind, const fs::path& relative, bool is_directory) {
  switch (kind) {
    case StoreKind::HuggingFace:  // models--OWNER--NAME/{blobs,refs,snapshots}
      return is_directory && !relative.has_parent_path() &&
             relative.string().starts_with("models--");
    case StoreKind::Ollama:  // manifests/HOST/OWNER/NAME/TAG beside blobs
      return !is_directory && *relative.begin() == "manifests";
    case StoreKind::LmStudio:
    case StoreKind::Folder: return !is_directory && is_gguf_model(relative.filename().string());
  }
  return false;
}

}  // namespace

std::string_view store_name(StoreKind kind) {
  switch (kind) {
    case StoreKind::HuggingFace: return "Hugging Face";
    case StoreKind::Ollama: return "Ollama";
    case StoreKind::LmStudio: return "LM Studio";
    case StoreKind::Folder: return "your folder";
  }
  return "";
}

std::vector<StorePlace> store_places(const Environment& environment,
                                     const std::vector<std::string>& folders,
                                     const std::string& root) {
  std::vector<StorePlace> places;
  const auto add = [&places](StoreKind kind, std::string folder) {
    const StorePlace place{kind, std::move(folder)};
    if (std::ranges::find(places, place) == places.end()) places.push_back(place);
  };
  const Result<std::string> home = home_directory(environment);
  const Result<std::string> our_cache = user_directory(environment, UserDirectory::Cache);

  if (const auto cache = environment.get_non_empty("HF_HUB_CACHE")) {
    add(StoreKind::HuggingFace, *cache);
  } else if (const auto hugging_face = environment.get_non_empty("HF_HOME")) {
    add(StoreKind::HuggingFace, *hugging_face + "/hub");
  } else if (our_cache) {
    add(StoreKind::HuggingFace, resolve(*our_cache, "../huggingface/hub"));
  }

  if (const auto models = environment.get_non_empty("OLLAMA_MODELS")) {
    add(StoreKind::Ollama, *models);
  }
  if (home) add(StoreKind::Ollama, *home + "/.ollama/models");
  add(StoreKind::Ollama, root + "/usr/share/ollama/.ollama/models");

  if (home) {
    add(StoreKind::LmStudio, *home + "/.lmstudio/models");
    add(StoreKind::LmStudio, *home + "/.cache/lm-studio/models");
  }
  for (const std::string& folder : folders) add(StoreKind::Folder, folder);
  return places;
}

StoreContent look_into(const StorePlace& place, Clock& clock, const StopToken& stop,
                       const StoreLimits& limits) {
  StoreContent content;
  std::error_code failed;
  content.exists = fs::is_directory(place.folder, failed);
  if (!content.exists) return content;

  const auto end_time = clock.steady() + limits.time;
  std::size_t seen = 0;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator entry(place.folder, options, failed), end;
       !failed && entry != end; entry.increment(failed)) {
    ++seen;
    const bool out_of_time =
        seen % kEntriesPerLook == 0 && (clock.steady() > end_time || stop.stop_requested());
    if (seen > limits.entries || out_of_time) {
      content.complete = false;
      return content;
    }
    const fs::file_status status = entry->symlink_status(failed);
    if (failed) {  // it went away while we looked
      failed.clear();
      continue;
    }
    const bool is_directory = fs::is_directory(status);
    if (!is_directory && !fs::is_regular_file(status)) continue;
    if (is_model(place.kind, entry->path().lexically_relative(place.folder), is_directory)) {
      ++content.models;
    }
    if (is_directory) continue;
    const std::uintmax_t size = entry->file_size(failed);
    if (!failed) content.bytes += size;
    failed.clear();
  }
  if (failed) content.complete = false;
  return content;
}

}  // namespace temper::cli
