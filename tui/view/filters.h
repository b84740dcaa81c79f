/// The user's filter: typing it, and named filters.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/filter.h"
#include "tui/settings.h"
#include "tui/view/model.h"
#include "tui/view/prompt.h"
#include "tui/view/view.h"

namespace tui {

class Filters {
 public:
  /// `model`, whose query has no user filter, and `views` must outlive it.
  Filters(Model& model, ViewStack& views, const Settings& settings);

  /// Applies the text at once; while it is being typed, hosts are not looked up. Returns what is wrong with
  /// the text.
  std::optional<Prompt::Fault> set(const std::string& text, bool with_hosts);
  /// Removes the filter.
  void clear();

  void ask();
  void ask_for_name();
  void choose_saved();
  void choose_to_forget();

  const std::vector<NamedFilter>& saved() const { return saved_; }
  const std::vector<NamedFilter>& forgotten() const { return forgotten_; }

 private:
  sockutils::FilterNames names(bool with_hosts) const;
  void ask_to_forget(const NamedFilter& filter);

  Model& model_;
  ViewStack& views_;
  /// The source of names in filters.
  std::shared_ptr<const sockutils::Recording> recording_;
  sockutils::Filter base_;
  PromptHistory history_;
  std::vector<NamedFilter> saved_;
  std::vector<NamedFilter> configured_;
  std::vector<NamedFilter> forgotten_;
};

}  // namespace tui
