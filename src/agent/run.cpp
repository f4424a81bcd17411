#include "agent/run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "agent/check/find_checks.h"
#include "agent/evidence/evidence.h"
#include "agent/evidence/failure.h"
#include "agent/evidence/signature.h"
#include "agent/git/repository.h"
#include "agent/prompt.h"
#include "agent/shell/run_tool.h"
#include "agent/shell/shell_environment.h"
#include "agent/tools/workspace.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMostNotes = 6000;  // bytes of AGENTS.md in the prompt
constexpr std::chrono::seconds kCheckLimit{1800};

// The files as evidence is looked for in them.
class WorkTree final : public SourceTree {
 public:
  explicit WorkTree(WorkFiles& files) : files_(files) {
    const Result<std::shared_ptr<const Listing>> listing = files.listing();
    if (!listing) return;
    for (const std::string& path : (*listing)->files) {
      if (is_valid_utf8(path)) paths_.push_back(path);
    }
  }

  const std::vector<std::string>& paths() const override { return paths_; }
  std::optional<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    Result<Workspace::File> file = files_.workspace().read(path, std::size_t{16} << 20);
    if (!file) return {};
    std::string bytes = std::move(std::move(file).take().bytes);
    bytes.resize(std::min(bytes.size(), max_bytes));
    return bytes;
  }
  std::string root() const override { return files_.workspace().root(); }

 private:
  WorkFiles& files_;
  std::vector<std::string> paths_;
};

// "add-a-tag-manager" of a task's first line.
std::string slug_of(std::string_view task) {
  std::string slug;
  const std::string_view line = split(trim(task), '\n').front();
  for (const char byte : line) {
    if (slug.size() >= 40) break;
    if (is_alnum(byte)) {
      slug += to_lower_ascii(std::string_view(&byte, 1));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "work" : slug;
}

// The branch that was asked for; beside the default one a branch of the run's own.
Result<std::string> choose_branch(Repository& repository, const RunSetup& setup) {
  const RepositoryState& state = repository.opened();
  std::string branch = state.branch;
  if (setup.branch) {
    branch = *setup.branch;
  } else if (state.on_default_branch || state.branch.empty()) {
    branch = format("temper/{}-{}", slug_of(setup.task), setup.id);
  }
  if (branch != state.branch) TRY(repository.switch_to_new_branch(branch));
  return branch;
}

// What the repository says to agents: at its root, and in each folder down to `directory`.
std::string notes_of(const Workspace& workspace, const std::string& directory) {
  std::vector<std::string> folders = {"."};
  const Result<std::string> below = workspace.plain(directory);
  if (below && *below != ".") {
    for (std::size_t slash = 0; slash != std::string::npos;) {
      slash = below->find('/', slash + 1);
      folders.push_back(below->substr(0, slash));
    }
  }
  std::string notes;
  for (const std::string& folder : folders) {
    for (const char* name : {"AGENTS.md", "CLAUDE.md"}) {
      const std::string path = join_path(folder, name);
      const Result<Workspace::File> file = workspace.read(path, std::size_t{1} << 20);
      if (!file || trim(file->bytes).empty()) continue;
      notes += format("{}{} says:\n{}", notes.empty() ? "" : "\n", path,
                      make_valid_utf8(trim(file->bytes)));
      break;
    }
  }
  if (notes.size() <= kMostNotes) return notes;
  return std::string(truncate_bytes(notes, kMostNotes)) + "\n[cut]";
}

Json paths_json(const std::vector<std::string>& paths) {
  Json json = Json::array();
  for (const std::string& path : paths) json.push(make_valid_utf8(path));
  return json;
}

Json to_json(const RunEnd& end) {
  Json commits = Json::array();
  for (const CommitSummary& commit : end.work.commits) {
    commits.push(Json::object({{"id", commit.id}, {"subject", make_valid_utf8(commit.subject)}}));
  }
  Json changed = Json::array();
  for (const PathStat& path : end.work.changed) {
    changed.push(Json::object({{"path", make_valid_utf8(path.path)},
                               {"lines_added", path.lines_added},
                               {"lines_removed", path.lines_removed}}));
  }
  Json requirements = Json::array();
  for (const Requirement& one : end.requirements) {
    requirements.push(Json::object(
        {{"text", one.text}, {"optional", one.optional}, {"names", paths_json(one.paths)}}));
  }
  return Json::object({{"outcome", outcome_name(end.report.outcome)},
                       {"reason", end.report.reason},
                       {"summary", end.report.summary},
                       {"check", end.check},
                       {"check_passes", end.work.check ? Json(end.work.check->is_green()) : Json()},
                       {"branch", end.work.branch},
                       {"commits", std::move(commits)},
                       {"changed", std::move(changed)},
                       {"not_committed", paths_json(end.work.left_out)},
                       {"tests_changed", end.work.tests_changed},
                       {"requirements", std::move(requirements)},
                       {"spent", to_json(end.report.spent)}});
}

class Run {
 public:
  Run(const RunSetup& setup, const RunWorld& world, Repository& repository)
      : setup_(setup), world_(world), repository_(repository) {}

  Result<RunEnd> go(const LoopWatch& watch, const StopToken& stop) {
    const std::string branch = TRY(choose_branch(repository_, setup_));
    Workspace workspace = TRY(Workspace::open(repository_.root()));
    const std::string notes = notes_of(workspace, setup_.directory);
    files_ =
        std::make_shared<WorkFiles>(std::move(workspace), std::make_shared<MemoryResultStore>());
    RunEnd end;
    find_the_check(end);
    Toolbox tools(files_);
    auto run_tool = std::make_unique<RunTool>(shell_options());
    run_tool_ = run_tool.get();
    tools.add(std::move(run_tool));
    Gate gate(repository_, world_.journal, run_command(), gate_options(end.check));
    TRY(world_.journal.append("run_started",
                              Json::object({{"id", setup_.id},
                                            {"task", setup_.task},
                                            {"directory", repository_.root()},
                                            {"branch", branch},
                                            {"commit", repository_.opened().head},
                                            {"check", end.check},
                                            {"check_found", end.check_found},
                                            {"model", world_.provider.capabilities().model}})));
    LoopOptions options{
        .task = setup_.task,
        .system_prompt = make_prompt(setup_.prompt, {repository_.root(), end.check, notes}),
        .budget = setup_.budget,
        .sampling = setup_.sampling,
        .context_tokens = setup_.context_tokens,
        .max_output_tokens = setup_.max_output_tokens};
    Loop loop(world_.provider, tools, gate, world_.journal, world_.clock, examine(),
              std::move(options), watch);
    end.report = loop.run(stop);
    end.requirements = requirements_of(setup_.task);
    end.work = TRY(gate.report());
    TRY(world_.journal.append("run_ended", to_json(end)));
    return end;
  }

 private:
  ShellOptions shell_options() const {
    ShellOptions options;
    options.workspace = repository_.root();
    options.environment = shell_environment(world_.environment);
    options.confine = world_.confine;
    return options;
  }

  // A shell of its own each time: what the model did to its shell does not count.
  RunCommand run_command() const {
    return [this](const std::string& command, const StopToken& stop) {
      RunPolicy policy;
      policy.default_limit = kCheckLimit;
      policy.shape.max_bytes = 4000;
      RunTool tool(shell_options(), policy);
      return tool.call(Json::object({{"command", command}}), stop);
    };
  }

  GateOptions gate_options(const std::string& check) const {
    GateOptions options;
    options.check = check;
    options.task = setup_.task;
    options.author = world_.provider.capabilities().model;
    options.exists = [this](const std::string& path) {
      return files_->workspace().look(path).ok();
    };
    return options;
  }

  void find_the_check(RunEnd& end) const {
    const std::vector<CheckCandidate> found = find_checks(repository_.root(), setup_.check);
    if (found.empty()) return;
    end.check = found.front().command;
    end.check_found = found.front().found_in;
  }

  ExamineFailure examine() const {
    return [this](const std::string& output, int exit_code) {
      FailureFacts facts;
      if (trim(output).empty()) return facts;
      files_->tree_may_have_changed();
      const WorkTree tree(*files_);
      facts.signature = failure_signature(output, exit_code, repository_.root()).hash;
      const Failure failure = read_failure(output);
      EvidenceOptions options;
      const Result<std::string> plain = files_->workspace().plain(run_tool_->directory());
      if (plain && *plain != ".") options.directory = *plain;
      facts.evidence = evidence_text(find_evidence(tree, failure, options));
      return facts;
    };
  }

  const RunSetup& setup_;
  const RunWorld& world_;
  Repository& repository_;
  std::shared_ptr<WorkFiles> files_;
  const RunTool* run_tool_ = nullptr;  // in the toolbox
};

}  // namespace

Result<RunEnd> run_task(const RunSetup& setup, const RunWorld& world, const LoopWatch& watch,
                        const StopToken& stop) {
  Repository repository = TRY(Repository::open(setup.directory, world.environment, setup.id));
  return Run(setup, world, repository).go(watch, stop);
}

}  // namespace temper::agent
