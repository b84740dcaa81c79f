/// A netlink channel that answers with the dumps of a recording.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "acquire/recordings/recording_format.h"
#include "os/system.h"

namespace sockutils {

/// A request gets what was recorded for its kind, whatever states and attributes it asks for and whatever its
/// program says: a listing sorts that out itself. Only the half of autobound sockets is told from the other;
/// where it was not recorded, programs for it are refused as by a kernel without them.
class ReplayChannel final : public NetlinkChannel {
 public:
  using Dumps = std::map<record::DumpKey, record::Dump>;

  /// `dumps` must outlive this.
  explicit ReplayChannel(const Dumps& dumps) : dumps_(dumps) {}

  bool can_answer(const record::DumpKey& key) const { return !choose(key).dumps.empty(); }

  std::uint32_t port_id() const override { return PortId; }
  Result<void> send(ByteView message) override;
  Result<ByteView> receive() override;
  /// Errors: EOPNOTSUPP, always. Nothing happens in a recording.
  Result<std::optional<ByteView>> receive_within(std::chrono::milliseconds limit) override;
  Result<void> subscribe(unsigned group) override;

 private:
  static constexpr std::uint32_t PortId = 1;

  struct Choice {
    std::vector<const record::Dump*> dumps;
    /// The first byte of the messages that are wanted; 0: all.
    std::uint8_t family = 0;
  };
  bool collect(record::DumpKey key, Choice& choice) const;
  Choice choose(const record::DumpKey& wanted) const;
  void append_message(ByteView message, std::uint16_t flags);
  void append_end(int error);

  const Dumps& dumps_;
  std::uint32_t sequence_ = 0;
  Choice choice_;
  /// The next message to hand on.
  std::size_t dump_ = 0;
  std::size_t message_ = 0;
  std::optional<int> refusal_;
  std::string buffer_;
};

}  // namespace sockutils
