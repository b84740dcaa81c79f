#include "tls/certificate.h"

#include <arpa/inet.h>

#include <array>
#include <ctime>

namespace sockutils::tls {
namespace {

std::string text_of(const X509_NAME* name) {
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  // Letters beyond ASCII stay as they are; control characters are written as in RFC 2253.
  constexpr unsigned long Form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!out || X509_NAME_print_ex(out.get(), name, 0, Form) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

std::string_view bytes_of(const ASN1_STRING* string) {
  const void* const data = ASN1_STRING_get0_data(string);
  return {static_cast<const char*>(data), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string text_of(const GENERAL_NAME* name) {
  int type = 0;
  const void* const value = GENERAL_NAME_get0_value(name, &type);
  if (value == nullptr || (type != GEN_DNS && type != GEN_IPADD)) return {};
  const std::string_view bytes = bytes_of(static_cast<const ASN1_STRING*>(value));
  return type == GEN_DNS ? std::string(bytes) : address_text(bytes);
}

std::string common_name(const X509_NAME* subject) {
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  const X509_NAME_ENTRY* const entry = at < 0 ? nullptr : X509_NAME_get_entry(subject, at);
  return entry == nullptr ? "" : std::string(bytes_of(X509_NAME_ENTRY_get_data(entry)));
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> names;
  void* const extension = X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr);
  const Owned<GENERAL_NAMES> list(static_cast<GENERAL_NAMES*>(extension));
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i)
    if (std::string name = text_of(sk_GENERAL_NAME_value(list.get(), i)); !name.empty())
      names.push_back(std::move(name));
  if (!names.empty()) return names;
  if (std::string name = common_name(X509_get_subject_name(certificate)); !name.empty())
    names.push_back(std::move(name));
  return names;
}

std::optional<std::chrono::sys_seconds> time_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &fields) != 1) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&fields)));
}

bool matches(const X509* certificate, const std::string& name) {
  // OpenSSL only reads it, but its older interface does not say so.
  X509* const subject = const_cast<X509*>(certificate);
  if (is_address(name)) return X509_check_ip_asc(subject, name.c_str(), 0) == 1;
  return X509_check_host(subject, name.data(), name.size(), 0, nullptr) == 1;
}

}  // namespace

bool is_address(std::string_view name) {
  const std::string text(name);
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

CertificateFacts facts_of(const X509* certificate, const std::string& expected) {
  CertificateFacts facts;
  facts.subject = text_of(X509_get_subject_name(certificate));
  facts.issuer = text_of(X509_get_issuer_name(certificate));
  facts.names = names_of(certificate);
  facts.not_before = time_of(X509_get0_notBefore(certificate));
  facts.not_after = time_of(X509_get0_notAfter(certificate));
  if (!expected.empty()) facts.matches_name = matches(certificate, expected);
  return facts;
}

std::string problem_of(int result) {
  switch (result) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "self-signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "its authority is not known here";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "not valid yet";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "for another name";
    default:
      return X509_verify_cert_error_string(result);
  }
}

}  // namespace sockutils::tls
