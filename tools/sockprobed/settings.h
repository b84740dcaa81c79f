/// What the command line and the configuration file ask for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sockutils/serve.h"

namespace tools::sockprobed {

enum class Action : std::uint8_t { Serve, MakeKey, Help, Version };
enum class LogForm : std::uint8_t { Plain, Json, Journal };

struct Settings {
  Action action = Action::Serve;
  sockutils::ServerOptions server;
  /// Whom to become when started as root.
  std::string user = "nobody";
  bool sandbox = true;
  LogForm log = LogForm::Plain;
  /// Where a new key goes.
  std::string new_key_file;
  /// Keys of clients; read at the start, and again with SIGHUP.
  std::vector<std::string> key_files;
  /// Read at the start, and again with SIGHUP; empty for none.
  std::string config_file;

  std::vector<std::string> files_to_read_again() const;
};

}  // namespace tools::sockprobed
