#include "model/packed_socket.h"

#include <cstring>

#include "common/packing.h"

namespace sockutils {
namespace {

/// Members one after the other, the same for both ways: absent is one bit, and what follows is there.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <class T>
  void member(const std::optional<T>& value) {
    bit(value.has_value());
    if (value) number(static_cast<std::uint64_t>(*value));
  }
  void member(const std::optional<Address>& value) {
    bit(value.has_value());
    if (!value) return;
    bit(value->is_v6);
    number(value->scope_id);
    body_.append(value->bytes.begin(), value->bytes.begin() + (value->is_v6 ? 16 : 4));
  }
  void member(std::uint64_t value) { number(value); }
  void member(bool value) { bit(value); }

  void finish() {
    pack_number(out_, bits_);
    out_ += body_;
  }

 private:
  void bit(bool set) {
    bits_ |= (set ? 1ull : 0ull) << used_;
    ++used_;
  }
  void number(std::uint64_t value) { pack_number(body_, value); }

  std::string& out_;
  std::string body_;
  std::uint64_t bits_ = 0;
  unsigned used_ = 0;
};

class Reader {
 public:
  explicit Reader(Unpacker& from) : from_(from), bits_(from.number()) {}

  template <class T>
  void member(std::optional<T>& value) {
    value.reset();
    if (bit()) value = static_cast<T>(from_.number());
  }
  void member(std::optional<Address>& value) {
    value.reset();
    if (!bit()) return;
    Address address;
    address.is_v6 = bit();
    address.scope_id = static_cast<std::uint32_t>(from_.number());
    const std::string_view bytes = from_.raw(address.is_v6 ? 16 : 4);
    std::memcpy(address.bytes.data(), bytes.data(), bytes.size());
    value = address;
  }
  void member(std::uint64_t& value) { value = from_.number(); }
  void member(bool& value) { value = bit(); }

 private:
  bool bit() {
    const bool set = (bits_ & 1) != 0;
    bits_ >>= 1;
    return set;
  }

  Unpacker& from_;
  std::uint64_t bits_;
};

/// Every member but the facts.
template <class Side, class S>
void members(Side& side, S& socket) {
  side.member(socket.family);
  side.member(socket.protocol);
  side.member(socket.state);
  side.member(socket.local_address);
  side.member(socket.peer_address);
  side.member(socket.local_port);
  side.member(socket.peer_port);
  side.member(socket.v6_only);
  side.member(socket.recv_queue);
  side.member(socket.send_queue);
  side.member(socket.inode);
  side.member(socket.cookie);
  side.member(socket.part);
  side.member(socket.netns);
  side.member(socket.uid);
  side.member(socket.interface);
  side.member(socket.kernel_owned);
  side.member(socket.unbound);
}

}  // namespace

void PackedSocket::pack(const Socket& socket, bool with_facts) {
  std::string out;
  Writer writer(out);
  members(writer, socket);
  writer.finish();
  if (with_facts) socket.facts.pack(out);
  if (out.size() != size_) bytes_ = std::make_unique<char[]>(out.size());
  size_ = static_cast<std::uint32_t>(out.size());
  std::memcpy(bytes_.get(), out.data(), out.size());
}

void PackedSocket::unpack(Socket& socket) const {
  Unpacker from(view());
  Reader reader(from);
  members(reader, socket);
  socket.facts.unpack(from.rest());
}

}  // namespace sockutils
