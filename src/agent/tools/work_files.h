// What the file tools have in common: the walls, what the model has been shown, which files
// there are, and the whole of what was shortened.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/tools/listing.h"
#include "agent/tools/result_store.h"
#include "agent/tools/shown_files.h"
#include "agent/tools/tool.h"
#include "agent/tools/workspace.h"
#include "base/result.h"
#include "base/stop.h"
#include "chat/domains/existing_path.h"
#include "chat/domains/path_set.h"
#include "chat/domains/text_cache.h"

namespace temper::agent {

// For one thread.
class WorkFiles {
 public:
  WorkFiles(Workspace workspace, std::shared_ptr<ResultStore> results);

  const Workspace& workspace() const { return *workspace_; }
  ShownFiles& shown() { return shown_; }
  ResultStore& results() { return *results_; }

  // The files as they are since the last call; looked for when they are asked for.
  Result<std::shared_ptr<const Listing>> listing(const StopToken& stop = {});
  // Something has been run or written.
  void tree_may_have_changed() { listing_is_old_ = true; }

  // The error with evidence, where it says that nothing is at `path`: what has that name
  // elsewhere, what is spelled nearly so, and what is there really.
  ToolOutcome refuse(std::string_view path, const Error& error);

  // The domains of arguments; none where the files are too many for a picture of all.
  enum class Reads { Files, FilesDirectoriesAndOutputs };
  std::shared_ptr<const chat::ExistingPath> existing_paths(Reads reads);
  std::shared_ptr<const chat::Domain> writable_paths();
  // Text that occurs once in the file named by a path of `paths`.
  std::shared_ptr<const chat::Domain> text_of(std::shared_ptr<const chat::ExistingPath> paths);

 private:
  std::shared_ptr<const Workspace> workspace_;  // domains hold it too
  std::shared_ptr<ResultStore> results_;
  ShownFiles shown_;
  std::shared_ptr<const Listing> listing_;
  bool listing_is_old_ = true;
  std::shared_ptr<chat::TextCache> texts_;
};

// A call that was refused or failed.
ToolOutcome error_outcome(const Error& error);

}  // namespace temper::agent
