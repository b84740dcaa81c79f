#include <algorithm>

#include "probe/engine/path.h"
#include "probe/identify/identifier.h"

namespace sockutils::probe {
namespace {

using std::chrono::microseconds;

/// The port that traceroute(8) has always used: nothing listens there.
constexpr std::uint16_t NobodysPort = 33434;
/// The packet sizes that every link must carry, RFC 791 and RFC 8200.
constexpr unsigned Least4 = 68;
constexpr unsigned Least6 = 1280;
constexpr std::uint64_t Tag = 1;

class MtuFinder {
 public:
  MtuFinder(ProbeSockets& sockets, const Address& address, microseconds timeout,
            const std::function<void()>& wait)
      : sockets_(sockets), is_v6_(address.is_v6), timeout_(timeout), wait_(wait) {}

  std::optional<PathMtu> find(int socket) {
    constexpr unsigned Largest = 65535;
    constexpr int MaxSteps = 20;
    sockets_.forbid_fragments(socket, is_v6_);
    sockets_.watch(socket, Tag, {});
    found_.bytes = Largest;
    unsigned silent = 0;
    for (int step = 0; step < MaxSteps && silent < 2 && !found_.confirmed; ++step) {
      const auto sent = sockets_.send(socket, std::string(found_.bytes - headers(), '\0'));
      // The error may belong to the previous datagram; it is in the error queue, or will be in a moment.
      if (!(sent ? listen(socket) : take(socket))) ++silent;
      if (stopped_) return std::nullopt;
    }
    if (found_.bytes == Largest && !found_.confirmed) return std::nullopt;
    return found_;
  }

 private:
  /// Size of the IP and UDP headers.
  unsigned headers() const { return is_v6_ ? 48 : 28; }

  /// A program does listen there, and its answer proves that the whole datagram arrived. It must be read, or
  /// the socket would stay readable.
  bool take_answer(int socket) {
    constexpr std::size_t LargestDatagram = 65536;
    std::string answer;
    if (!sockets_.receive(socket, answer, LargestDatagram)) return false;
    found_.confirmed = true;
    return true;
  }

  /// Reads the error queue. Returns false when it says nothing useful.
  bool take(int socket) {
    const Outcome outcome = sockets_.outcome(socket);
    if (!outcome.icmp) return take_answer(socket);
    const IcmpError& icmp = *outcome.icmp;
    const bool too_big = icmp.is_v6 ? icmp.type == 2 : icmp.type == 3 && icmp.code == 4;
    if (!too_big) {
      // The sender of this error received the whole packet.
      found_.confirmed = true;
      return true;
    }
    if (icmp.mtu >= found_.bytes || icmp.mtu < (is_v6_ ? Least6 : Least4)) return false;
    found_.bytes = icmp.mtu;
    found_.from = icmp.from;
    return true;
  }

  /// Returns false on silence.
  bool listen(int socket) {
    const auto end = sockets_.now() + timeout_;
    while (sockets_.now() < end) {
      wait_();
      const auto left = std::chrono::ceil<microseconds>(end - sockets_.now());
      for (const std::uint64_t tag : sockets_.wait(std::min<microseconds>(left, std::chrono::seconds(1)))) {
        stopped_ = stopped_ || tag == StopTag;
        if (tag == Tag && take(socket)) return true;
      }
      if (stopped_) return false;
    }
    return false;
  }

  ProbeSockets& sockets_;
  bool is_v6_;
  microseconds timeout_;
  const std::function<void()>& wait_;
  PathMtu found_;
  bool stopped_ = false;
};

}  // namespace

std::optional<PathMtu> find_path_mtu(ProbeSockets& sockets, const NearEnd& near, const Address& address,
                                     microseconds timeout, const std::function<void()>& wait) {
  const FarEnd end{Protocol::Udp, address, NobodysPort, {}};
  NearEnd any_port = near;
  any_port.source_port = 0;
  const auto socket = sockets.open(end, any_port);
  if (!socket) return std::nullopt;
  std::optional<PathMtu> found;
  if (sockets.connect(*socket, end).error == 0)
    found = MtuFinder(sockets, address, timeout, wait).find(*socket);
  sockets.close(*socket);
  return found;
}

}  // namespace sockutils::probe
