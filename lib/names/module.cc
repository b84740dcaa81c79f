// Looks up the names of many addresses at once, by c-ares.

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <memory>

#include "common/module.h"
#include "os/host_names.h"
#include "sockutils/export.h"

namespace sockutils::names {
namespace {

using Clock = std::chrono::steady_clock;

struct DestroyChannel {
  void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, DestroyChannel>;

/// One pending address; c-ares calls back into it, also when the channel is destroyed.
struct Lookup {
  Address address;
  std::vector<HostName>* found;
};

void take_answer(void* argument, int status, int, hostent* answer) {
  const auto* const lookup = static_cast<const Lookup*>(argument);
  if (status == ARES_SUCCESS && answer != nullptr && answer->h_name != nullptr)
    lookup->found->push_back({lookup->address, answer->h_name});
}

void start(ares_channeldata* channel, Lookup& lookup) {
  const bool v6 = lookup.address.is_v6;
  ares_gethostbyaddr(channel, lookup.address.bytes.data(), v6 ? 16 : 4, v6 ? AF_INET6 : AF_INET, take_answer,
                     &lookup);
}

/// The sockets that c-ares has open, and the events that it waits for.
class Sockets {
 public:
  static void changed(void* self, ares_socket_t fd, int readable, int writable) {
    static_cast<Sockets*>(self)->set(fd, readable != 0, writable != 0);
  }

  bool empty() const { return waiting_.empty(); }

  /// Waits for at most `limit`, and passes on the events.
  void serve(ares_channeldata* channel, std::chrono::milliseconds limit) {
    // A copy, because c-ares opens and closes sockets meanwhile.
    std::vector<pollfd> ready = waiting_;
    if (poll(ready.data(), ready.size(), static_cast<int>(limit.count())) <= 0)
      return ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    for (const pollfd& entry : ready) {
      if (entry.revents == 0) continue;
      const bool readable = (entry.revents & ~POLLOUT) != 0;
      const bool writable = (entry.revents & POLLOUT) != 0;
      ares_process_fd(channel, readable ? entry.fd : ARES_SOCKET_BAD, writable ? entry.fd : ARES_SOCKET_BAD);
    }
  }

 private:
  void set(int fd, bool readable, bool writable) {
    std::erase_if(waiting_, [=](const pollfd& entry) { return entry.fd == fd; });
    const int events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
    if (events != 0) waiting_.push_back({fd, static_cast<short>(events), 0});
  }

  std::vector<pollfd> waiting_;
};

/// Runs c-ares until it has no open sockets or the time is over.
void run(ares_channeldata* channel, Sockets& sockets, Clock::time_point end) {
  while (!sockets.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return;
    timeval most{left.count() / 1000, (left.count() % 1000) * 1000};
    timeval buffer{};
    const timeval* const wait = ares_timeout(channel, &most, &buffer);
    sockets.serve(channel, std::chrono::milliseconds(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1));
  }
}

class CAres final : public HostNameLibrary {
 public:
  Result<std::vector<HostName>> look_up(const std::vector<Address>& addresses,
                                        std::chrono::milliseconds limit) const override {
    const Clock::time_point end = Clock::now() + limit;
    std::vector<HostName> found;
    std::vector<Lookup> lookups;
    lookups.reserve(addresses.size());
    ares_options options{};
    options.timeout = static_cast<int>(limit.count());
    options.tries = 1;
    Sockets sockets;
    options.sock_state_cb = Sockets::changed;
    options.sock_state_cb_data = &sockets;
    ares_channel handle = nullptr;
    if (const int status = ares_init_options(&handle, &options,
                                             ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
        status != ARES_SUCCESS)
      return tl::unexpected(Error{0, "look up", "host names", ares_strerror(status)});
    const Channel channel(handle);
    for (const Address& address : addresses) {
      // Names in /etc/hosts are resolved while a query starts, which takes time too.
      if (Clock::now() >= end) break;
      start(channel.get(), lookups.emplace_back(Lookup{address, &found}));
    }
    run(channel.get(), sockets, end);
    ares_cancel(channel.get());
    return found;
  }
};

}  // namespace
}  // namespace sockutils::names

extern "C" SOCKUTILS_EXPORT const sockutils::Module* sockutils_names_module() {
  static const sockutils::names::CAres library;
  static const sockutils::Module module{SOCKUTILS_VERSION,
                                        static_cast<const sockutils::HostNameLibrary*>(&library)};
  return &module;
}
