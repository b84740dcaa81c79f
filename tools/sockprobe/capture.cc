#include "sockprobe/capture.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>
#include <thread>

#include "common/new_file.h"
#include "common/text.h"

namespace tools::sockprobe {
namespace {

using sockutils::ProbeHost;
using sockutils::ProbePort;
using sockutils::Protocol;

/// The port that --path uses to determine the path MTU, see `ProbePath::mtu`.
constexpr ProbePort MtuPort{Protocol::Udp, 33434};

/// With more ends than this, packets come faster than they could be stored in full.
constexpr std::size_t ManyEnds = 4096;
constexpr std::uint32_t WholePackets = 16'384;
constexpr std::uint32_t HeadsOfPackets = 256;
constexpr std::uint32_t RoomInKernel = 32u << 20;

/// Time for the last packets, by which each end closes its connections.
constexpr std::chrono::milliseconds LastPackets{100};

std::string own_program() {
  std::array<char, 4096> room{};
  const ssize_t size = ::readlink("/proc/self/exe", room.data(), room.size());
  return size > 0 ? std::string(room.data(), static_cast<std::size_t>(size)) : "sockprobe";
}

/// Explains what prevents the capture, and what would help.
sockutils::Error explained(sockutils::Error error) {
  error.operation = "--capture: " + error.operation;
  if (error.code != EPERM && error.code != EACCES) return error;
  if (!error.operation.ends_with("capture on")) return error;
  error.detail = std::generic_category().message(error.code) +
                 "; it takes CAP_NET_RAW, as root has it, or after: sudo setcap cap_net_raw+ep " +
                 own_program();
  error.code = 0;
  return error;
}

std::shared_ptr<sockutils::CaptureFlows> flows_of(const Settings& settings, const Question& question) {
  auto flows = std::make_shared<sockutils::CaptureFlows>();
  for (const ProbeHost& host : question.hosts)
    if (host.path.empty()) flows->add_host(host.address);
  for (const ProbePort& port : question.ports) flows->add_far_port(port.protocol, port.port);
  if (settings.path) flows->add_far_port(MtuPort.protocol, MtuPort.port);
  return flows;
}

std::string packets(std::uint64_t count) { return sockutils::counted(count, "packet"); }

}  // namespace

std::string server_file_of(const std::string& path) {
  for (const std::string_view ending : {".pcap", ".cap"})
    if (path.ends_with(ending))
      return path.substr(0, path.size() - ending.size()) + ".server" + std::string(ending);
  return path + ".server";
}

tl::expected<Capture, Refusal> Capture::start(const Settings& settings, const Question& question) {
  Capture capture;
  if (!settings.capture_file) return capture;
  capture.path_ = *settings.capture_file;
  capture.quiet_ = settings.quiet;
  const auto is_unix = [](const ProbeHost& host) { return !host.path.empty(); };
  capture.has_unix_sockets_ = std::any_of(question.hosts.begin(), question.hosts.end(), is_unix);
  if (std::all_of(question.hosts.begin(), question.hosts.end(), is_unix))
    return tl::unexpected(Refusal{{0, "--capture: unix sockets have no packets", {}, {}}, ExitCode::Usage});
  capture.flows_ = flows_of(settings, question);
  const bool many = question.hosts.size() * question.ports.size() > ManyEnds;
  auto recording = sockutils::PacketRecording::start({.interface = settings.probe.interface,
                                                      .flows = capture.flows_,
                                                      .snap_length = many ? HeadsOfPackets : WholePackets,
                                                      .buffer_bytes = RoomInKernel},
                                                     capture.path_);
  if (!recording) return tl::unexpected(Refusal{explained(recording.error())});
  capture.recording_ = std::move(*recording);
  return capture;
}

void Capture::finish_before_death(Output& out, const Messages& messages) {
  if (!recording_) return;
  out.set_last_act([this, &messages] {
    std::vector<sockutils::Warning> nobody_reads;
    finish(nobody_reads, messages);
  });
}

bool Capture::finish(std::vector<sockutils::Warning>& warnings, const Messages& messages) {
  if (!recording_) return true;
  std::this_thread::sleep_for(LastPackets);
  const auto counts = recording_->finish();
  recording_.reset();
  if (!counts) {
    messages.error(explained(counts.error()));
    return false;
  }
  if (counts->lost > 0)
    warnings.push_back({sockutils::Warning::Kind::PacketsMissing,
                        "up to " + packets(counts->lost) + " too fast for " + path_ + " are not there",
                        "a lower --rate"});
  if (has_unix_sockets_)
    warnings.push_back({sockutils::Warning::Kind::PacketsMissing,
                        "unix sockets have no packets: nothing of them is in " + path_,
                        {}});
  if (!quiet_) messages.note(packets(counts->written) + " in " + path_);
  return true;
}

bool Capture::keep_server_packets(const sockutils::PairReport& report, const Messages& messages) const {
  if (!report.server_packets) return true;
  const std::string path = server_file_of(path_);
  if (const auto written = sockutils::replace_file(path, *report.server_packets); !written) {
    messages.error(explained(written.error()));
    return false;
  }
  if (!quiet_) messages.note(packets(report.server_packet_count) + " of the server in " + path);
  return true;
}

}  // namespace tools::sockprobe
