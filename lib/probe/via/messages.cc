#include "probe/via/messages.h"

#include "common/wire.h"

namespace sockutils::probe {
namespace {

/// Distinguishes the first frame from other protocols.
constexpr std::string_view Greeting = "sockutils pair";

class BodyWriter {
 public:
  std::string bytes;

  template <class T>
  void number(T value) {
    append_wire(bytes, value);
  }
  void flag(bool value) { number(static_cast<std::uint8_t>(value)); }
  void text(std::string_view value) { append_wire_text(bytes, value.substr(0, LongestTextOfPair)); }
  template <class T>
  void maybe(const std::optional<T>& value) {
    flag(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void list(const std::vector<T>& values) {
    number(static_cast<std::uint16_t>(values.size()));
    for (const T& value : values) put(value);
  }

  void put(std::uint8_t value) { number(value); }
  void put(std::uint16_t value) { number(value); }
  void put(std::uint32_t value) { number(value); }
  void put(bool value) { flag(value); }
  void put(const ProbePort& value) {
    flag(value.protocol == Protocol::Udp);
    number(value.port);
  }
  void put(const Address& value) {
    flag(value.is_v6);
    for (std::size_t i = 0; i < (value.is_v6 ? 16u : 4u); ++i) number(value.bytes[i]);
  }
  void put(const Sockaddr& value) {
    put(value.address);
    number(value.port);
  }
  void put(const TrainFacts& value) {
    for (const std::uint32_t count : {value.sent, value.received, value.duplicates, value.reordered})
      number(count);
    maybe(value.variation ? std::optional(static_cast<std::uint32_t>(value.variation->count()))
                          : std::nullopt);
  }
  void put(const SynFacts& value) {
    number(value.ttl);
    number(value.tos);
    maybe(value.mss);
    maybe(value.window_scale);
    flag(value.timestamps);
    flag(value.sack_permitted);
    flag(value.ecn_setup);
  }
  void put(const OpenedPort& value) {
    put(value.port);
    text(value.refusal);
  }
  void put(const SeenPort& value) {
    put(value.port);
    for (const std::uint32_t count : {value.half_open, value.accepted, value.bytes, value.largest})
      number(count);
    maybe(value.syn);
    maybe(value.source);
    put(value.train);
    maybe(value.ttl);
    maybe(value.tos);
    maybe(value.ecn_tos);
  }
  void put(const TriedPort& value) {
    put(value.port);
    maybe(value.local);
    number(value.ttl);
    number(value.tos);
    flag(value.connected);
    for (const std::uint32_t count : {value.echoed, value.sent, value.path_mtu}) number(count);
    text(value.error);
    maybe(value.error_from);
    maybe(value.mss);
    maybe(value.timestamps);
    maybe(value.sack);
    maybe(value.window_scaling);
    maybe(value.round_trip_us);
    put(value.answers);
    maybe(value.answer_ttl);
  }

  void put(const Hello& value) {
    bytes += Greeting;
    number(value.version);
    text(value.software);
  }
  void put(const Refusal& value) { text(value.reason); }
  void put(const Open& value) { list(value.ports); }
  void put(const Opened& value) {
    text(value.token);
    list(value.ports);
  }
  void put(const Report&) {}
  void put(const Seen& value) { list(value.ports); }
  void put(const Try& value) {
    text(value.token);
    list(value.ports);
    number(value.timeout_ms);
    number(value.datagrams);
    maybe(value.dscp);
    flag(value.path_mtu);
  }
  void put(const Tried& value) { list(value.ports); }
  void put(const Capture&) {}
  void put(const Capturing& value) { text(value.refusal); }
  void put(const Fetch&) {}
  void put(const Packets& value) {
    append_wire_text(bytes, std::string_view(value.bytes).substr(0, MaxPacketBytes));
    flag(value.more);
    number(value.kept);
    number(value.lost);
  }
};

/// Reads past the end give 0 or empty values, and make the whole message invalid.
class BodyReader {
 public:
  explicit BodyReader(std::string_view bytes) : reader_(bytes) {}
  bool is_whole() const { return !wrong_ && reader_.at_end(); }

  template <class T>
  T number() {
    const auto value = reader_.number<T>();
    wrong_ = wrong_ || !value;
    return value.value_or(0);
  }
  bool flag() {
    const auto value = number<std::uint8_t>();
    wrong_ = wrong_ || value > 1;
    return value == 1;
  }
  std::string text(std::size_t longest = LongestTextOfPair) {
    const auto value = reader_.text();
    wrong_ = wrong_ || !value || value->size() > longest;
    return wrong_ ? std::string() : std::string(*value);
  }
  template <class T>
  void maybe(std::optional<T>& value) {
    if (flag() && !wrong_) get(value.emplace());
  }
  template <class T>
  void list(std::vector<T>& values) {
    const auto count = number<std::uint16_t>();
    wrong_ = wrong_ || count > MaxPortsOfPair;
    for (unsigned i = 0; i < count && !wrong_; ++i) get(values.emplace_back());
  }

  void get(std::uint8_t& value) { value = number<std::uint8_t>(); }
  void get(std::uint16_t& value) { value = number<std::uint16_t>(); }
  void get(std::uint32_t& value) { value = number<std::uint32_t>(); }
  void get(bool& value) { value = flag(); }
  void get(ProbePort& value) {
    value.protocol = flag() ? Protocol::Udp : Protocol::Tcp;
    get(value.port);
    wrong_ = wrong_ || value.port == 0;
  }
  void get(Address& value) {
    value.is_v6 = flag();
    for (std::size_t i = 0; i < (value.is_v6 ? 16u : 4u); ++i) get(value.bytes[i]);
  }
  void get(Sockaddr& value) {
    get(value.address);
    get(value.port);
  }
  void get(TrainFacts& value) {
    for (std::uint32_t* const count : {&value.sent, &value.received, &value.duplicates, &value.reordered})
      get(*count);
    std::optional<std::uint32_t> variation;
    maybe(variation);
    if (variation) value.variation = std::chrono::microseconds(*variation);
  }
  void get(SynFacts& value) {
    get(value.ttl);
    get(value.tos);
    maybe(value.mss);
    maybe(value.window_scale);
    get(value.timestamps);
    get(value.sack_permitted);
    get(value.ecn_setup);
  }
  void get(OpenedPort& value) {
    get(value.port);
    value.refusal = text();
  }
  void get(SeenPort& value) {
    get(value.port);
    for (std::uint32_t* const count : {&value.half_open, &value.accepted, &value.bytes, &value.largest})
      get(*count);
    maybe(value.syn);
    maybe(value.source);
    get(value.train);
    maybe(value.ttl);
    maybe(value.tos);
    maybe(value.ecn_tos);
  }
  void get(TriedPort& value) {
    get(value.port);
    maybe(value.local);
    get(value.ttl);
    get(value.tos);
    get(value.connected);
    for (std::uint32_t* const count : {&value.echoed, &value.sent, &value.path_mtu}) get(*count);
    value.error = text();
    maybe(value.error_from);
    maybe(value.mss);
    maybe(value.timestamps);
    maybe(value.sack);
    maybe(value.window_scaling);
    maybe(value.round_trip_us);
    get(value.answers);
    maybe(value.answer_ttl);
  }

  void get(Hello& value) {
    wrong_ = wrong_ || reader_.take(Greeting.size()) != Greeting;
    get(value.version);
    value.software = text();
  }
  void get(Refusal& value) { value.reason = text(); }
  void get(Open& value) { list(value.ports); }
  void get(Opened& value) {
    get_token(value.token);
    list(value.ports);
  }
  void get(Report&) {}
  void get(Seen& value) { list(value.ports); }
  void get(Try& value) {
    get_token(value.token);
    list(value.ports);
    get(value.timeout_ms);
    get(value.datagrams);
    maybe(value.dscp);
    get(value.path_mtu);
    wrong_ =
        wrong_ || value.datagrams > MaxDatagrams || value.timeout_ms > 60'000 || value.dscp.value_or(0) > 63;
  }
  void get(Tried& value) { list(value.ports); }
  void get(Capture&) {}
  void get(Capturing& value) { value.refusal = text(); }
  void get(Fetch&) {}
  void get(Packets& value) {
    value.bytes = text(MaxPacketBytes);
    get(value.more);
    get(value.kept);
    get(value.lost);
  }

 private:
  void get_token(std::string& token) {
    token = text();
    wrong_ = wrong_ || token.size() != TokenSize;
  }

  WireReader reader_;
  bool wrong_ = false;
};

template <std::size_t Type = 0>
std::optional<Message> decode_as(std::size_t type, std::string_view body) {
  if constexpr (Type < std::variant_size_v<Message>) {
    if (type != Type) return decode_as<Type + 1>(type, body);
    std::variant_alternative_t<Type, Message> message;
    BodyReader reader(body);
    reader.get(message);
    return reader.is_whole() ? std::optional<Message>(std::move(message)) : std::nullopt;
  } else {
    return std::nullopt;
  }
}

}  // namespace

std::string encode(const Message& message) {
  BodyWriter body;
  std::visit([&](const auto& content) { body.put(content); }, message);
  std::string frame;
  append_wire(frame, static_cast<std::uint16_t>(body.bytes.size() + 1));
  append_wire(frame, static_cast<std::uint8_t>(message.index()));
  return frame + body.bytes;
}

std::optional<Message> decode(std::string_view frame) {
  if (frame.empty() || frame.size() > LargestFrame) return std::nullopt;
  return decode_as(static_cast<std::uint8_t>(frame[0]), frame.substr(1));
}

std::optional<std::string> FrameReader::take() {
  constexpr std::size_t Head = 2;
  const auto length = WireReader(bytes_).number<std::uint16_t>();
  broken_ = broken_ || (length && (*length == 0 || *length > LargestFrame));
  if (broken_ || !length || bytes_.size() - Head < *length) return std::nullopt;
  std::string frame = bytes_.substr(Head, *length);
  bytes_.erase(0, Head + *length);
  return frame;
}

}  // namespace sockutils::probe
