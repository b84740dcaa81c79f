/// The pages over the panes.
#pragma once

#include <memory>

#include "tui/view/model.h"
#include "tui/view/view.h"

namespace tui {

/// Keys, panes, marks, and what is missing. `model` has to outlive each of these.
std::unique_ptr<View> help_page(const Model& model);

/// All about one socket, which is asked for as long as the page is there.
std::unique_ptr<View> details_page(Model& model, std::shared_ptr<const SocketRow> socket,
                                   const DetailTarget& target);

}  // namespace tui
