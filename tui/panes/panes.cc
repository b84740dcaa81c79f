#include <algorithm>
#include <array>

#include "tui/view/pane.h"

namespace tui {

extern const Pane SocketsPane, ProcessesPane, HostsPane, ListenersPane, InterfacesPane;

std::span<const Pane> panes() {
  static const std::array list{SocketsPane, ProcessesPane, HostsPane, ListenersPane, InterfacesPane};
  return list;
}

namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace

std::vector<std::string> pane_words() {
  std::vector<std::string> words;
  for (const Pane& pane : panes()) words.push_back(lower_case(pane.title));
  return words;
}

std::optional<std::size_t> find_pane(std::string_view title) {
  const auto words = pane_words();
  const auto found = std::find(words.begin(), words.end(), lower_case(title));
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace tui
