// The content of this module: libpcap behind an interface.

#include <net/if.h>
#include <pcap/pcap.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "common/module.h"
#include "os/packets.h"
#include "sockutils/export.h"

namespace sockutils::capture {
namespace {

struct ClosePcap {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, ClosePcap>;

/// On Linux this means all interfaces.
constexpr const char* EveryInterface = "any";

/// LINUX_SLL2, supported by libpcap 1.10.
constexpr int CookedWithInterface = 276;

/// The errno for a status of libpcap; 0 when there is none.
int code_of(int status) {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
      return EPERM;
    case PCAP_ERROR_NO_SUCH_DEVICE:
    case PCAP_ERROR_IFACE_NOT_UP:
      return ENODEV;
    default:
      return 0;
  }
}

Error fault(pcap_t* handle, int status, const std::string& operation, const std::string& interface) {
  Error error{code_of(status), operation, interface.empty() ? "every interface" : interface, {}};
  // libpcap's text would only repeat the code.
  if (error.code == 0) error.detail = status == PCAP_ERROR ? pcap_geterr(handle) : pcap_statustostr(status);
  return error;
}

struct Reading {
  const PacketSource::Sink* sink;
  std::size_t packets = 0;
  bool nanoseconds;
};

void take_packet(u_char* argument, const pcap_pkthdr* header, const u_char* bytes) {
  auto& reading = *reinterpret_cast<Reading*>(argument);
  ++reading.packets;
  const auto fraction = std::chrono::nanoseconds(header->ts.tv_usec * (reading.nanoseconds ? 1 : 1000));
  (*reading.sink)({std::chrono::seconds(header->ts.tv_sec) + fraction,
                   {reinterpret_cast<const std::byte*>(bytes), header->caplen},
                   header->len});
}

class PcapSource final : public PacketSource {
 public:
  PcapSource(Handle handle, std::string interface)
      : handle_(std::move(handle)),
        interface_(std::move(interface)),
        nanoseconds_(pcap_get_tstamp_precision(handle_.get()) == PCAP_TSTAMP_PRECISION_NANO) {}

  int link_type() const override { return pcap_datalink(handle_.get()); }
  int fd() const override { return pcap_get_selectable_fd(handle_.get()); }

  Result<std::size_t> read(const Sink& sink) override {
    Reading reading{&sink, 0, nanoseconds_};
    const int status = pcap_dispatch(handle_.get(), -1, take_packet, reinterpret_cast<u_char*>(&reading));
    if (status < 0 && status != PCAP_ERROR_BREAK) return tl::unexpected(end(status));
    return reading.packets;
  }

  Result<void> set_filter(const std::string& expression) override {
    bpf_program program{};
    if (pcap_compile(handle_.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
      return tl::unexpected(Error{EINVAL, "understand", expression, pcap_geterr(handle_.get())});
    const int status = pcap_setfilter(handle_.get(), &program);
    pcap_freecode(&program);
    if (status != 0) return tl::unexpected(fault(handle_.get(), status, "filter", interface_));
    return {};
  }

  Result<void> set_program(std::span<const BpfInstruction> instructions) override {
    std::vector<bpf_insn> copy;
    for (const BpfInstruction& line : instructions)
      copy.push_back({line.code, line.if_true, line.if_false, line.operand});
    bpf_program program{static_cast<u_int>(copy.size()), copy.data()};
    const int status = pcap_setfilter(handle_.get(), &program);
    if (status != 0) return tl::unexpected(fault(handle_.get(), status, "filter", interface_));
    return {};
  }

  Result<PacketCounts> counts() override {
    pcap_stat statistics{};
    if (pcap_stats(handle_.get(), &statistics) != 0)
      return tl::unexpected(fault(handle_.get(), PCAP_ERROR, "count packets of", interface_));
    return PacketCounts{statistics.ps_recv, statistics.ps_drop, statistics.ps_ifdrop};
  }

 private:
  /// When an interface goes away, libpcap reports it by text, not by a code.
  Error end(int status) const {
    Error error = fault(handle_.get(), status, "capture", interface_);
    if (error.code != 0 || interface_.empty()) return error;
    if (::if_nametoindex(interface_.c_str()) == 0) return {ENODEV, error.operation, interface_, {}};
    if (error.detail.find(" down") != std::string::npos) error.code = ENETDOWN;
    return error;
  }

  Handle handle_;
  std::string interface_;
  bool nanoseconds_;
};

class Pcap final : public PacketLibrary {
 public:
  std::string name() const override { return pcap_lib_version(); }

  Result<std::unique_ptr<PacketSource>> open(const PacketSourceOptions& options) const override {
    std::array<char, PCAP_ERRBUF_SIZE> message{};
    const std::string& interface = options.interface;
    Handle handle(pcap_create(interface.empty() ? EveryInterface : interface.c_str(), message.data()));
    if (!handle) return tl::unexpected(Error{0, "capture", interface, message.data()});
    pcap_set_snaplen(handle.get(), static_cast<int>(options.snap_length));
    pcap_set_buffer_size(handle.get(), static_cast<int>(options.buffer_bytes));
    pcap_set_timeout(handle.get(), static_cast<int>(options.patience.count()));
    pcap_set_immediate_mode(handle.get(), options.immediate ? 1 : 0);
    pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
    // Positive values are warnings.
    const int status = pcap_activate(handle.get());
    if (status < 0) return tl::unexpected(fault(handle.get(), status, "capture on", interface));
    if (interface.empty()) pcap_set_datalink(handle.get(), CookedWithInterface);
    if (pcap_setnonblock(handle.get(), 1, message.data()) != 0)
      return tl::unexpected(Error{0, "capture", interface, message.data()});
    return std::make_unique<PcapSource>(std::move(handle), interface);
  }
};

}  // namespace
}  // namespace sockutils::capture

extern "C" SOCKUTILS_EXPORT const sockutils::Module* sockutils_capture_module() {
  static const sockutils::capture::Pcap library;
  static const sockutils::Module module{SOCKUTILS_VERSION,
                                        static_cast<const sockutils::PacketLibrary*>(&library)};
  return &module;
}
