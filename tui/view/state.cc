#include "tui/view/state.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "common/new_file.h"

namespace tui {

using sockutils::Error;
using sockutils::Result;

namespace {

template <class T>
bool take_change(T& remembered, const T& begun, const T& ended) {
  if (begun == ended || remembered == ended) return false;
  remembered = ended;
  return true;
}

bool take_order(Settings& remembered, const Settings& begun, const Settings& ended) {
  const auto same = [](const auto& a, const auto& b) {
    return a.has_value() == b.has_value() && (!a || (a->field == b->field && a->descending == b->descending));
  };
  if (same(begun.order, ended.order) || same(remembered.order, ended.order)) return false;
  remembered.order = ended.order;
  return true;
}

}  // namespace

std::string state_path() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::string folder = variable("XDG_STATE_HOME");
  // The XDG base directory specification requires relative paths to be ignored.
  if (!folder.starts_with('/')) {
    folder = variable("HOME");
    // For users without a home, $HOME names a folder that must not be created.
    std::error_code fault;
    if (!std::filesystem::is_directory(folder, fault)) return {};
    folder += "/.local/state";
  }
  return folder + "/sockutils/sockmon.toml";
}

bool remember(Settings& remembered, const Settings& begun, const Settings& ended) {
  bool any = take_change(remembered.interval, begun.interval, ended.interval);
  any = take_change(remembered.pane, begun.pane, ended.pane) || any;
  any = take_change(remembered.by_container, begun.by_container, ended.by_container) || any;
  any = take_change(remembered.columns, begun.columns, ended.columns) || any;
  any = take_order(remembered, begun, ended) || any;
  for (const NamedFilter& filter : ended.forgotten_filters)
    any = std::erase(remembered.filters, filter) > 0 || any;
  // Only new filters: the others may be from the configuration.
  for (const NamedFilter& filter : ended.filters) {
    if (std::find(begun.filters.begin(), begun.filters.end(), filter) != begun.filters.end()) continue;
    std::erase_if(remembered.filters, [&](const NamedFilter& known) { return known.first == filter.first; });
    remembered.filters.push_back(filter);
    any = true;
  }
  return any;
}

Result<void> write_state(const std::string& path, const std::string& text) {
  std::error_code fault;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), fault);
  if (fault) return tl::unexpected(Error{fault.value(), "create the folder of", path, {}});
  return sockutils::replace_file(path, text);
}

}  // namespace tui
