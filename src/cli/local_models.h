// What commands that compute with a model have in common: its options, and loading it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "engine/gguf/model_file.h"
#include "engine/models/local_model.h"

namespace temper::cli {

// --threads, --kv, --context and --arithmetic, to be read by load_options. `context` is
// what help says of the context that is used where none is given.
std::vector<Option> load_option_list(std::string_view arithmetic, std::string_view context);

// As the command line says, or else `defaults`; the kernels are those of this machine.
Result<engine::LoadOptions> load_options(const Context& context, engine::LoadOptions defaults);

// Absolute: the working directory's, unless it is so already.
std::string resolved_path(const Context& context, const std::string& name);

// The file a person has named, whose name errors then use. A directory is told from a file.
Result<engine::ModelFile> open_model_file(const Context& context, const std::string& name);

// Refuses a model that needs more than can still be taken, and says what to lower.
Result<void> check_memory(const std::string& name, const engine::MemoryNeed& need,
                          std::uint64_t usable);

// Refuses, as check_memory does, what this machine has no memory for. Shows how far it is.
Result<std::unique_ptr<engine::LocalModel>> load_local_model(const Context& context,
                                                             engine::ModelFile file,
                                                             const engine::LoadOptions& options);

// The text as a number from `least` to `most`; the error names the option.
Result<std::size_t> parse_count(std::string_view option, std::string_view text, std::size_t least,
                                std::size_t most);
// "1,2,3"; none for an empty text.
Result<std::vector<std::size_t>> parse_numbers(std::string_view option, std::string_view text);

}  // namespace temper::cli
