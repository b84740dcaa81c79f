/// Captures the packets of a run into the file of `--capture`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "common/messages.h"
#include "common/output.h"
#include "sockprobe/question.h"
#include "sockutils/capture.h"
#include "sockutils/via.h"

namespace tools::sockprobe {

/// The file for the server's packets: `lab.server.pcap` for `lab.pcap`, `lab.server` for `lab`.
std::string server_file_of(const std::string& path);

/// Start and finish it while an `Interrupt` blocks signals, so that Ctrl-C leaves a complete file.
class Capture {
 public:
  /// Captures nothing without `--capture`. Errors: no right to capture, nothing that can be captured, or the
  /// file cannot be written.
  static tl::expected<Capture, Refusal> start(const Settings& settings, const Question& question);

  /// For `ProbeOptions::flows` and `PairOptions::flows`.
  const std::shared_ptr<sockutils::CaptureFlows>& flows() const { return flows_; }

  /// Completes the file even if the reader of standard output goes away.
  void finish_before_death(Output& out, const Messages& messages);

  /// Gives the file its name, and adds a warning for lost packets. Returns false when there is no file, after
  /// a message.
  bool finish(std::vector<sockutils::Warning>& warnings, const Messages& messages);
  /// The same for the packets sent by a server, in a separate file.
  bool keep_server_packets(const sockutils::PairReport& report, const Messages& messages) const;

 private:
  std::string path_;
  bool quiet_ = false;
  /// Unix sockets have no packets.
  bool has_unix_sockets_ = false;
  std::shared_ptr<sockutils::CaptureFlows> flows_;
  std::optional<sockutils::PacketRecording> recording_;
};

}  // namespace tools::sockprobe
