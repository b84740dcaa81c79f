/// Upper layer protocols on a TCP socket: kernel TLS (linux/tls.h) and MPTCP (linux/mptcp.h), whose
/// facts come in attributes inside INET_DIAG_ULP_INFO.
#include <linux/inet_diag.h>

#include "family/attributes.h"
#include "family/inet/members.h"
#include "model/registry.h"

namespace sockutils::inet {
namespace {

// Newer than the headers of some of the systems that this is built on: TLS_INFO_* and MPTCP_SUBFLOW_ATTR_*.
enum TlsAttribute : unsigned { Version = 1, Cipher, TransmitConf, ReceiveConf, ZeroCopy, NoPad, MaxPayload };
enum SubflowAttribute : unsigned {
  TokenRemote = 1,
  TokenLocal,
  RelativeWriteSequence,
  MapSequence,
  MapSubflowSequence,
  SubflowOffset,
  MapLength,
  SubflowFlags,
  IdRemote,
  IdLocal
};

constexpr std::array<std::string_view, 9> SubflowFlagNames{"capable-remote", "capable-local", "join-remote",
                                                           "join-local",     "backup-remote", "backup-local",
                                                           "established",    "connected",     "map-valid"};
constexpr std::array<std::string_view, 5> ConfNames{"none", "base", "software", "hardware",
                                                    "hardware-record"};

struct CipherRow {
  std::uint16_t number;
  std::string_view name;
};
constexpr std::array<CipherRow, 8> Ciphers{{{51, "aes-gcm-128"},
                                            {52, "aes-gcm-256"},
                                            {53, "aes-ccm-128"},
                                            {54, "chacha20-poly1305"},
                                            {55, "sm4-gcm"},
                                            {56, "sm4-ccm"},
                                            {57, "aria-gcm-128"},
                                            {58, "aria-gcm-256"}}};

OptionalValue ulp(const SocketRow& row) {
  const auto info = row.socket.facts.bytes(UlpInfo);
  const auto name = info ? find_attribute(as_bytes(*info), INET_ULP_INFO_NAME) : std::nullopt;
  if (!name) return std::nullopt;
  const std::string_view text = as_text(*name);
  return text.substr(0, text.find('\0'));
}

/// That attribute of the protocol `Ulp`.
template <unsigned Ulp, unsigned Attribute>
std::optional<ByteView> inner(const SocketRow& row) {
  const auto info = row.socket.facts.bytes(UlpInfo);
  const auto own = info ? find_attribute(as_bytes(*info), Ulp) : std::nullopt;
  return own ? find_attribute(*own, Attribute) : std::nullopt;
}

template <unsigned Ulp, unsigned Attribute, class T>
std::optional<T> inner_number(const SocketRow& row) {
  const auto value = inner<Ulp, Attribute>(row);
  return value ? load<T>(*value) : std::nullopt;
}

template <unsigned Attribute, class T>
OptionalValue tls_number(const SocketRow& row) {
  const auto number = inner_number<INET_ULP_INFO_TLS, Attribute, T>(row);
  return number ? OptionalValue(std::uint64_t{*number}) : std::nullopt;
}

/// An attribute without a value: it is there, or it is not. Nothing is known of sockets without TLS.
template <unsigned Attribute>
OptionalValue tls_flag(const SocketRow& row) {
  const auto info = row.socket.facts.bytes(UlpInfo);
  if (!info || !find_attribute(as_bytes(*info), INET_ULP_INFO_TLS)) return std::nullopt;
  return inner<INET_ULP_INFO_TLS, Attribute>(row).has_value();
}

template <unsigned Attribute>
OptionalValue tls_conf(const SocketRow& row) {
  const auto number = inner_number<INET_ULP_INFO_TLS, Attribute, std::uint16_t>(row);
  return number && *number < ConfNames.size() ? OptionalValue(ConfNames[*number]) : std::nullopt;
}

OptionalValue tls_version(const SocketRow& row) {
  const auto number = inner_number<INET_ULP_INFO_TLS, Version, std::uint16_t>(row);
  if (number == 0x0303) return "1.2";
  return number == 0x0304 ? OptionalValue("1.3") : std::nullopt;
}

OptionalValue tls_cipher(const SocketRow& row) {
  const auto number = inner_number<INET_ULP_INFO_TLS, Cipher, std::uint16_t>(row);
  for (const CipherRow& cipher : Ciphers)
    if (number == cipher.number) return cipher.name;
  return std::nullopt;
}

template <unsigned Attribute, class T>
OptionalValue subflow(const SocketRow& row) {
  const auto number = inner_number<INET_ULP_INFO_MPTCP, Attribute, T>(row);
  return number ? OptionalValue(std::uint64_t{*number}) : std::nullopt;
}

OptionalValue subflow_flags(const SocketRow& row) {
  const auto bits = inner_number<INET_ULP_INFO_MPTCP, SubflowFlags, std::uint32_t>(row);
  return bits ? OptionalValue(TextList(*bits, SubflowFlagNames)) : std::nullopt;
}

constexpr MemberTable upper{Needs::TcpInfo, "5.4"};
constexpr MemberTable tls{Needs::TcpInfo, "5.4"};
constexpr MemberTable mptcp_subflow{Needs::TcpInfo, "5.6", "mptcp"};

constexpr std::array UlpFields{
    upper({"ulp", "ULP"}, Type::Text, getter<ulp>,
          "Protocol between TCP and the process: tls, mptcp, espintcp, smc"),
    tls({"tls_version", "TLS"}, Type::Text, getter<tls_version>, "Version of kernel TLS: 1.2, 1.3"),
    tls({"tls_cipher", "CIPHER"}, Type::Text, getter<tls_cipher>, "Cipher of kernel TLS, as in aes-gcm-128"),
    tls({"tls_tx", "TLSTX"}, Type::Text, getter<tls_conf<TransmitConf>>,
        "Who encrypts what is sent: base (the process), software (the kernel), hardware"),
    tls({"tls_rx", "TLSRX"}, Type::Text, getter<tls_conf<ReceiveConf>>,
        "Who decrypts what is received: base (the process), software (the kernel), hardware"),
    tls({"tls_zero_copy", "TLSZC"}, Type::Flag, getter<tls_flag<ZeroCopy>>,
        "sendfile(2) hands pages to the hardware uncopied (TLS_TX_ZEROCOPY_RO)", "6.0"),
    tls({"tls_rx_no_pad", "TLSNOPAD"}, Type::Flag, getter<tls_flag<NoPad>>,
        "Received records are expected to have no padding (TLS_RX_EXPECT_NO_PAD)", "6.0"),
    tls({"tls_max_payload", "TLSMAX"}, Type::Bytes, getter<tls_number<MaxPayload, std::uint16_t>>,
        "Largest record that is sent (TLS_TX_MAX_PAYLOAD_LEN)", "6.19"),
    mptcp_subflow({"mptcp_subflow_token_local", "TOKEN"}, Type::Mask,
                  getter<subflow<TokenLocal, std::uint32_t>>,
                  "Token of the MPTCP connection that this TCP connection is a part of"),
    mptcp_subflow({"mptcp_subflow_token_remote", "PEERTOKEN"}, Type::Mask,
                  getter<subflow<TokenRemote, std::uint32_t>>, "The peer's token of that connection"),
    mptcp_subflow({"mptcp_subflow_id_local", "ADDRID"}, Type::Identifier,
                  getter<subflow<IdLocal, std::uint8_t>>,
                  "Number of this subflow's local address within the MPTCP connection"),
    mptcp_subflow({"mptcp_subflow_id_remote", "PEERADDRID"}, Type::Identifier,
                  getter<subflow<IdRemote, std::uint8_t>>,
                  "Number of this subflow's peer address within the MPTCP connection"),
    mptcp_subflow(
        {"mptcp_subflow_flags", "SUBFLOW"}, Type::List, getter<subflow_flags>,
        "What the subflow is: capable, join and backup, each local and remote, established, connected, "
        "map-valid"),
    mptcp_subflow({"mptcp_subflow_write_seq", "SFWRITE"}, Type::Count,
                  getter<subflow<RelativeWriteSequence, std::uint32_t>>,
                  "Bytes of the subflow sent so far, as a sequence number"),
    mptcp_subflow({"mptcp_subflow_map_seq", "MAPSEQ"}, Type::Identifier,
                  getter<subflow<MapSequence, std::uint64_t>>,
                  "Where the current mapping begins in the MPTCP connection"),
    mptcp_subflow({"mptcp_subflow_map_subflow_seq", "MAPSFSEQ"}, Type::Identifier,
                  getter<subflow<MapSubflowSequence, std::uint32_t>>,
                  "Where the current mapping begins in the subflow"),
    mptcp_subflow({"mptcp_subflow_ssn_offset", "SSNOFF"}, Type::Identifier,
                  getter<subflow<SubflowOffset, std::uint32_t>>,
                  "Sequence number from which the subflow counts"),
    mptcp_subflow({"mptcp_subflow_map_length", "MAPLEN"}, Type::Bytes,
                  getter<subflow<MapLength, std::uint16_t>>, "Length of the current mapping"),
};

}  // namespace

std::span<const Field> ulp_fields() {
  static constexpr auto Table = about("tls", UlpFields);
  return Table;
}

}  // namespace sockutils::inet
