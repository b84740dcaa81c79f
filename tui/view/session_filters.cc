// Filters that have names.

#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/session.h"

namespace tui {

namespace {

std::string label_of(const std::pair<std::string, std::string>& filter) {
  return sockutils::escape_text(filter.first).append(": ").append(sockutils::escape_text(filter.second));
}

}  // namespace

void Session::save_filter(const std::string& name) {
  saved_filters_.emplace_back(name, filter_);
  message_ = "saved: F chooses it, D deletes it";
}

void Session::open_saved_filters() {
  if (saved_filters_.empty()) {
    message_ = "no filter has been saved, and the configuration has none";
    return;
  }
  std::vector<std::string> names;
  for (const NamedFilter& filter : saved_filters_) names.push_back(label_of(filter));
  open_menu("filter", std::move(names),
            [this](std::size_t chosen) { set_filter(saved_filters_[chosen].second, true); });
}

/// Those of the configuration are not this program's to delete.
void Session::choose_filter_to_forget() {
  std::vector<NamedFilter> own;
  for (const NamedFilter& filter : saved_filters_) {
    const auto& configured = begun_.configured_filters;
    if (std::find(configured.begin(), configured.end(), filter) == configured.end()) own.push_back(filter);
  }
  if (own.empty()) {
    message_ = saved_filters_.empty() ? "no filter has been saved"
                                      : "no filter has been saved; those of the configuration stay in it";
    return;
  }
  std::vector<std::string> names;
  for (const NamedFilter& filter : own) names.push_back(label_of(filter));
  open_menu("delete a filter", std::move(names),
            [this, own](std::size_t chosen) { ask_to_forget(own[chosen]); });
}

void Session::ask_to_forget(const NamedFilter& filter) {
  question_.emplace(
      std::vector<std::string>{"Delete this filter?", "", "  " + label_of(filter), ""},
      [this, filter] {
        std::erase(saved_filters_, filter);
        forgotten_filters_.push_back(filter);
        message_ = "deleted: " + sockutils::escape_text(filter.first);
      },
      [this] { message_ = "nothing was deleted"; });
}

}  // namespace tui
