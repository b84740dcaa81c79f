/// All of libsockutils.
///
/// Lists listeners and who holds them:
///
///     #include <sockutils/sockutils.h>
///     #include <iostream>
///
///     int main() {
///       using namespace sockutils;
///       Query query;
///       query.states = {State::Listen};
///       if (auto named = query.columns({"local", "processes"}); !named) return 1;
///       auto report = list_sockets(query, [&](Values row) {
///         std::string line;
///         for (std::size_t i = 0; i < row.size(); ++i, line += "  ")
///           if (row[i]) append_value(line, *row[i], query.fields[i]->type, Style::Human);
///         return static_cast<bool>(std::cout << escape_text(line) << '\n');
///       });
///       return report ? 0 : 1;
///     }
#pragma once

// IWYU pragma: begin_exports
#include "sockutils/capture.h"
#include "sockutils/compact_row.h"
#include "sockutils/count.h"
#include "sockutils/error.h"
#include "sockutils/field.h"
#include "sockutils/filter.h"
#include "sockutils/follow.h"
#include "sockutils/kill.h"
#include "sockutils/list.h"
#include "sockutils/namespaces.h"
#include "sockutils/probe.h"
#include "sockutils/record.h"
#include "sockutils/serve.h"
#include "sockutils/services.h"
#include "sockutils/value.h"
#include "sockutils/version.h"
#include "sockutils/via.h"
// IWYU pragma: end_exports
