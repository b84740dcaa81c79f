/// The filter of the user: as it is typed, and those that have names.
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
  /// `model`, with the query without any filter of the user, and `views` have to outlive it.
  Filters(Model& model, ViewStack& views, const Settings& settings);

  /// Has what the text says take effect at once; while it is typed, nobody waits for a name server. Returns
  /// what is wrong with the text.
  std::optional<Prompt::Fault> set(const std::string& text, bool with_hosts);
  /// Out of a filter, which is the last thing that hides something.
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
  /// For names in filters.
  std::shared_ptr<const sockutils::Recording> recording_;
  sockutils::Filter base_;
  PromptHistory history_;
  std::vector<NamedFilter> saved_;
  std::vector<NamedFilter> configured_;
  std::vector<NamedFilter> forgotten_;
};

}  // namespace tui
