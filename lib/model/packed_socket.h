/// A socket in as few bytes as it takes, for who keeps many.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/socket.h"

namespace sockutils {

/// Some hundred bytes for a connection with its counters.
class PackedSocket {
 public:
  bool empty() const { return size_ == 0; }
  void pack(const Socket& socket, bool with_facts = true);
  /// Only of one that is not empty.
  void unpack(Socket& socket) const;

 private:
  std::string_view view() const { return {bytes_.get(), size_}; }

  std::unique_ptr<char[]> bytes_;
  std::uint32_t size_ = 0;
};

}  // namespace sockutils
