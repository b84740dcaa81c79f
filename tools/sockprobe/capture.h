/// The packets of a run, in the file of `--capture`.
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

/// Where a server's packets go: `lab.server.pcap` for `lab.pcap`, `lab.server` for `lab`.
std::string server_file_of(const std::string& path);

/// To be begun while an `Interrupt` holds signals back, and to be finished before that goes, so that Ctrl-C
/// leaves a whole file.
class Capture {
 public:
  /// Without `--capture` it captures nothing. Errors: there is no right to, or nothing that could be
  /// captured, or no such file can be written.
  static tl::expected<Capture, Refusal> start(const Settings& settings, const Question& question);

  /// What `ProbeOptions::flows` and `PairOptions::flows` take.
  const std::shared_ptr<sockutils::CaptureFlows>& flows() const { return flows_; }

  /// So that the file is whole also when the reader of standard output goes away.
  void finish_before_death(Output& out, const Messages& messages);

  /// Gives the file its name, and adds what is missing in it to the warnings. False: there is none, which is
  /// said.
  bool finish(std::vector<sockutils::Warning>& warnings, const Messages& messages);
  /// The same of the packets that a server sent, in a file beside it.
  bool keep_server_packets(const sockutils::PairReport& report, const Messages& messages) const;

 private:
  std::string path_;
  bool quiet_ = false;
  /// Hosts that have no packets.
  bool has_unix_sockets_ = false;
  std::shared_ptr<sockutils::CaptureFlows> flows_;
  std::optional<sockutils::PacketRecording> recording_;
};

}  // namespace tools::sockprobe
