#include "agent/tools/work_files.h"

#include <utility>

#include "agent/tools/missing_path.h"
#include "base/utf8.h"
#include "chat/domains/new_path.h"
#include "chat/domains/text_of_file.h"

namespace temper::agent {
namespace {

constexpr std::size_t kTextBudgetBytes = std::size_t{32} << 20;

}  // namespace

ToolOutcome error_outcome(const Error& error) {
  return {.text = make_valid_utf8(error.message), .is_error = true};
}

WorkFiles::WorkFiles(Workspace workspace, std::shared_ptr<ResultStore> results)
    : workspace_(std::make_shared<const Workspace>(std::move(workspace))),
      results_(std::move(results)),
      texts_(std::make_shared<chat::TextCache>(kTextBudgetBytes)) {}

Result<std::shared_ptr<const Listing>> WorkFiles::listing(const StopToken& stop) {
  if (listing_is_old_ || !listing_) {
    Listing fresh = TRY(list_files(*workspace_, ".", stop));
    // The same picture as long as nothing came or went.
    if (!listing_ || *listing_ != fresh) {
      listing_ = std::make_shared<const Listing>(std::move(fresh));
    }
    listing_is_old_ = false;
  }
  return listing_;
}

ToolOutcome WorkFiles::refuse(std::string_view path, const Error& error) {
  const Result<std::string> plain = workspace_->plain(path);
  if (error.code != Code::NotFound || !plain) return error_outcome(error);
  const auto files = listing();
  if (!files) return error_outcome(error);
  return error_outcome(
      {error.code, error.message + "." + explain_missing(*workspace_, **files, *plain)});
}

std::shared_ptr<const chat::ExistingPath> WorkFiles::existing_paths(Reads reads) {
  const auto files = listing();
  if (!files || !(*files)->is_complete) return nullptr;
  chat::PathSet paths((*files)->files);
  const bool all = reads == Reads::FilesDirectoriesAndOutputs;
  if (all) {
    for (const std::string& name : results_->names()) paths.add(name);
  }
  return std::make_shared<const chat::ExistingPath>(
      paths.snapshot(),
      chat::ExistingPathOptions{
          workspace_->root(), all ? chat::PathKinds::FilesAndDirectories : chat::PathKinds::Files});
}

std::shared_ptr<const chat::Domain> WorkFiles::writable_paths() {
  const auto files = listing();
  if (!files || !(*files)->is_complete) return nullptr;
  return std::make_shared<const chat::NewPath>(
      chat::PathSet((*files)->files).snapshot(),
      chat::NewPathOptions{workspace_->root(), chat::ExistingFiles::AreMembers});
}

std::shared_ptr<const chat::Domain> WorkFiles::text_of(
    std::shared_ptr<const chat::ExistingPath> paths) {
  // The domain may outlive us, and be read from another thread.
  auto load = [workspace = workspace_](std::string_view path) -> Result<std::string> {
    Workspace::File file = TRY(workspace->read(path, chat::TextIndex::kMaxBytes));
    return std::move(file.bytes);
  };
  return std::make_shared<const chat::TextOfFile>(std::move(paths), std::move(load), texts_,
                                                  chat::Occurrence::Once);
}

}  // namespace temper::agent
