/// Columns of events, for `--follow`.
#pragma once

#include "render/row_choice.h"
#include "sockls/settings.h"

namespace tools::sockls {

/// What is shown of events unless `--columns` says otherwise, where `usual` would be shown of sockets.
Fields event_columns(const Settings& settings, const Fields& usual);

/// Whoever names fields of sockets alone still wants to know when it was, and what happened.
Fields with_event(const Settings& settings, Fields fields);

/// Those of `fields` that are of sockets: a query has no others.
Fields fields_of_sockets(const Fields& fields);

/// Whether an event itself gives this field.
bool is_of_event(const sockutils::Field& field);

}  // namespace tools::sockls
