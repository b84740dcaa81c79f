#include "acquire/processes/process_groups.h"

#include <algorithm>
#include <array>

#include "acquire/processes/group_path.h"
#include "common/parse_number.h"

namespace sockutils {
namespace {

constexpr std::string_view Slice = ".slice";

bool ends_in_unit(std::string_view component) {
  constexpr std::array<std::string_view, 9> Suffixes{".service", ".scope", ".socket", ".mount",    ".swap",
                                                     ".target",  ".timer", ".path",   ".automount"};
  return std::any_of(Suffixes.begin(), Suffixes.end(), [=](std::string_view suffix) {
    return component.size() > suffix.size() && component.ends_with(suffix);
  });
}

/// systemd puts `_` before a name that could be taken for a file of the kernel.
std::string_view unit_name(std::string_view component) {
  if (component.starts_with('_')) component.remove_prefix(1);
  return component;
}

struct Line {
  int rank;
  std::string_view path;
};

/// `0::/user.slice`, `9:name=systemd:/`, `4:cpu,cpuacct:/`
std::optional<Line> parse_line(std::string_view line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
  if (second == std::string_view::npos || !line.substr(second + 1).starts_with('/')) return std::nullopt;
  const std::string_view controllers = line.substr(first + 1, second - first - 1);
  const std::string_view path = line.substr(second + 1);
  int rank = 2;
  if (controllers.empty()) rank = 0;
  if (controllers == "name=systemd") rank = 1;
  return Line{path == "/" ? 3 : rank, path};
}

}  // namespace

std::vector<std::string_view> split_group_path(std::string_view path) {
  std::vector<std::string_view> components;
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    if (!component.empty()) components.push_back(component);
    path.remove_prefix(std::min(component.size() + 1, path.size()));
  }
  return components;
}

std::vector<std::string> parse_process_groups(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const auto parsed = parse_line(line)) lines.push_back(*parsed);
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.rank < b.rank; });
  std::vector<std::string> paths;
  for (const Line& line : lines)
    if (std::find(paths.begin(), paths.end(), line.path) == paths.end()) paths.emplace_back(line.path);
  return paths;
}

SystemdUnits find_units(std::string_view path) {
  SystemdUnits units;
  bool is_first = true;
  for (const std::string_view component : split_group_path(path)) {
    const bool is_slice = component.size() > Slice.size() && component.ends_with(Slice);
    // Anything else is a group that the unit, or a program other than systemd, made for itself.
    if (!is_slice && !ends_in_unit(component)) break;
    const std::string name(unit_name(component));
    if (is_slice) {
      units.slice = name;
    } else if (is_first) {
      units.unit = name;
      if (!name.starts_with("user@")) break;
      is_first = false;
    } else {
      units.user_unit = name;
      break;
    }
  }
  return units;
}

std::string unescape_unit(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\x" && i + 3 < text.size()) {
      if (const auto byte = parse_number<unsigned char>(text.substr(i + 2, 2), 16)) {
        plain += static_cast<char>(*byte);
        i += 3;
        continue;
      }
    }
    plain += text[i] == '-' ? '/' : text[i];
  }
  return plain;
}

}  // namespace sockutils
