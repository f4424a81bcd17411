// The tools that work on files, and the one that says that the work is done.
#pragma once

#include <memory>
#include <vector>

#include "agent/tools/tool.h"
#include "agent/tools/work_files.h"

namespace temper::agent {

std::unique_ptr<Tool> make_read_tool(std::shared_ptr<WorkFiles> files);
std::unique_ptr<Tool> make_edit_tool(std::shared_ptr<WorkFiles> files);
std::unique_ptr<Tool> make_write_tool(std::shared_ptr<WorkFiles> files);
std::unique_ptr<Tool> make_search_tool(std::shared_ptr<WorkFiles> files);
std::unique_ptr<Tool> make_find_tool(std::shared_ptr<WorkFiles> files);
std::unique_ptr<Tool> make_done_tool();

}  // namespace temper::agent
