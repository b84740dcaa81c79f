#include "probe/payload.h"

#include <array>

namespace sockutils::probe {
namespace {

using namespace std::string_view_literals;

struct Question {
  std::uint16_t port;
  std::string_view bytes;
};

// version.bind TXT CH, RFC 4892.
constexpr std::string_view VersionBind =
    "\x73\x6b\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07version\x04"
    "bind\x00\x00\x10\x00\x03"sv;
// Version 4, client, all else zero: RFC 5905, 7.3.
constexpr std::string_view NtpClient =
    "\x23\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv;
// predict(1) forks a shell for some of its commands; this one only prints.
constexpr std::string_view PredictVersion = "GET_VERSION\n";

constexpr std::array Questions{
    Question{53, VersionBind},
    Question{123, NtpClient},
    Question{1210, PredictVersion},
};

}  // namespace

std::string_view first_datagram(std::uint16_t port) {
  for (const Question& question : Questions)
    if (question.port == port) return question.bytes;
  return {};
}

}  // namespace sockutils::probe
