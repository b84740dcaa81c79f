#include "tui/config.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#ifdef SOCKUTILS_HAVE_TOML
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#endif

#include "tui/view/pane.h"

namespace tui {

std::string ConfigFault::in_file(const std::string& path) const {
  return path + ":" + std::to_string(line) + ": " + message;
}

#ifdef SOCKUTILS_HAVE_TOML

namespace {

using Complaint = std::optional<std::string>;

Complaint take_flag(bool& flag, const toml::node& node) {
  const auto value = node.value<bool>();
  if (!value || !node.is_boolean()) return "true or false is wanted";
  flag = *value;
  return std::nullopt;
}

Complaint take_interval(Settings& settings, const toml::node& node) {
  const auto seconds = node.value<double>();
  if (!seconds || !(*seconds >= 0.1 && *seconds <= 86400.0))
    return "a number of seconds is wanted, 0.1 to 86400";
  settings.interval = std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  return std::nullopt;
}

/// `"a,b"` or `["a", "b"]`.
Complaint take_columns(Settings& settings, const toml::node& node) {
  std::string list;
  if (const auto text = node.value<std::string>()) list = *text;
  if (const toml::array* const array = node.as_array())
    for (const toml::node& element : *array)
      list += (list.empty() ? "" : ",") + element.value_or(std::string("?"));
  auto columns = parse_columns(list, usual_columns());
  if (!columns) return columns.error();
  settings.columns = *std::move(columns);
  return std::nullopt;
}

Complaint take_order(Settings& settings, const toml::node& node) {
  const auto order = parse_order(node.value_or(std::string()));
  if (!order) return order.error();
  settings.order = *order;
  return std::nullopt;
}

Complaint take_pane(Settings& settings, const toml::node& node) {
  const std::string word = node.value_or(std::string());
  const auto pane = find_pane(word);
  if (!pane) return "'" + word + "' is no pane";
  settings.pane = *pane;
  return std::nullopt;
}

Complaint take_colour(Settings& settings, const toml::node& node) {
  const std::string word = node.value_or(std::string());
  for (const auto& [name, mode] : tools::Colours) {
    if (word != name) continue;
    settings.rows.colour = mode;
    return std::nullopt;
  }
  return "auto, always or never is wanted";
}

/// A table of names and filters, each of which must be valid.
Complaint take_filters(Settings& settings, const toml::node& node) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return "a table of names and filters is wanted";
  for (const auto& [name, value] : *table) {
    const auto text = value.value<std::string>();
    if (!text) return std::string(name.str()) + ": a text is wanted";
    const auto filter = sockutils::Filter::parse(*text, sockutils::system_filter_names());
    if (!filter) return std::string(name.str()) + ": " + filter.error().message;
    settings.filters.emplace_back(std::string(name.str()), *text);
  }
  return std::nullopt;
}

struct ConfigKey {
  std::string_view name;
  Complaint (*take)(Settings& settings, const toml::node& node);
};

constexpr ConfigKey Keys[] = {
    {"interval", take_interval},
    {"columns", take_columns},
    {"sort", take_order},
    {"pane", take_pane},
    {"color", take_colour},
    {"filters", take_filters},
    {"containers",
     [](Settings& settings, const toml::node& node) { return take_flag(settings.by_container, node); }},
    {"numeric", [](Settings& settings, const toml::node& node) { return take_flag(settings.numeric, node); }},
    {"ascii", [](Settings& settings, const toml::node& node) { return take_flag(settings.ascii, node); }},
    {"mouse", [](Settings& settings, const toml::node& node) { return take_flag(settings.mouse, node); }},
    {"readonly",
     [](Settings& settings, const toml::node& node) { return take_flag(settings.readonly, node); }},
};

Complaint take_key(Settings& settings, std::string_view name, const toml::node& node) {
  const auto* const key = std::find_if(std::begin(Keys), std::end(Keys),
                                       [&](const ConfigKey& known) { return known.name == name; });
  if (key == std::end(Keys)) return "there is no such setting";
  return key->take(settings, node);
}

}  // namespace

std::optional<ConfigFault> apply_config(Settings& settings, std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return ConfigFault{parsed.error().source().begin.line, std::string(parsed.error().description())};
  Settings changed = settings;
  for (const auto& [name, node] : parsed.table()) {
    const auto complaint = take_key(changed, name.str(), node);
    if (complaint) return ConfigFault{node.source().begin.line, std::string(name.str()) + ": " + *complaint};
  }
  settings = std::move(changed);
  return std::nullopt;
}

std::string config_text(const Settings& settings) {
  const Settings usual;
  toml::table table;
  if (settings.interval != usual.interval)
    table.insert("interval", std::chrono::duration<double>(settings.interval).count());
  if (settings.pane != usual.pane) table.insert("pane", panes()[settings.pane].title);
  if (settings.by_container != usual.by_container) table.insert("containers", settings.by_container);
  if (settings.columns != usual.columns) table.insert("columns", names_of(settings.columns));
  if (settings.order)
    table.insert("sort", (settings.order->descending ? "-" : "") + std::string(settings.order->field->name));
  toml::table filters;
  for (const auto& [name, filter] : settings.filters) filters.insert_or_assign(name, filter);
  if (!filters.empty()) table.insert("filters", std::move(filters));
  std::ostringstream text;
  text << "# Written by sockmon when it ends; sockutils/sockmon.toml of the configuration is yours.\n"
       << table << '\n';
  return text.str();
}

bool has_config() { return true; }

#else

std::string config_text(const Settings&) { return {}; }

std::optional<ConfigFault> apply_config(Settings&, std::string_view) {
  return ConfigFault{1, "this sockmon was built without a reader of TOML"};
}

bool has_config() { return false; }

#endif

std::string config_path() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  // The XDG base directory specification requires relative paths to be ignored.
  std::string folder = variable("XDG_CONFIG_HOME");
  if (!folder.starts_with('/')) {
    folder = variable("HOME");
    if (!folder.empty()) folder += "/.config";
  }
  return folder.empty() ? folder : folder + "/sockutils/sockmon.toml";
}

std::optional<std::string> read_config(Settings& settings, const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return "open " + path + ": " + std::strerror(errno);
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto fault = apply_config(settings, text);
  return fault ? std::optional(fault->in_file(path)) : std::nullopt;
}

}  // namespace tui
