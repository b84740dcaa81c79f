/// The pages that open over the panes.
#pragma once

#include <memory>

#include "tui/view/model.h"
#include "tui/view/view.h"

namespace tui {

/// Keys, panes, marks, and what is missing. `model` must outlive the page.
std::unique_ptr<View> help_page(const Model& model);

/// All facts about one socket, which are requested as long as the page is open.
std::unique_ptr<View> details_page(Model& model, std::shared_ptr<const SocketRow> socket,
                                   const DetailTarget& target);

}  // namespace tui
