/// What the command line and the configuration file ask for.
#pragma once

#include <cstdint>
#include <string>

#include "sockutils/serve.h"

namespace tools::sockprobed {

enum class Action : std::uint8_t { Serve, Help, Version };
enum class LogForm : std::uint8_t { Plain, Json, Journal };

struct Settings {
  Action action = Action::Serve;
  sockutils::ServerOptions server;
  LogForm log = LogForm::Plain;
  /// Read at the start, and again with SIGHUP; empty for none.
  std::string config_file;
};

}  // namespace tools::sockprobed
