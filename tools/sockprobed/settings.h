/// The settings from the command line and the configuration file.
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
  /// The user to switch to when started as root.
  std::string user = "nobody";
  bool sandbox = true;
  LogForm log = LogForm::Plain;
  /// The file for a new key.
  std::string new_key_file;
  /// Files with the keys of clients; read at the start, and again on SIGHUP.
  std::vector<std::string> key_files;
  /// Read at the start, and again on SIGHUP; empty for none.
  std::string config_file;

  std::vector<std::string> files_to_read_again() const;
};

}  // namespace tools::sockprobed
