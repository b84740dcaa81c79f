/// What is sent first to a UDP port.
#pragma once

#include <cstdint>
#include <string_view>

namespace sockutils::probe {

/// A question that the usual service of the port answers and that changes nothing; an empty datagram for
/// ports without one.
std::string_view first_datagram(std::uint16_t port);

}  // namespace sockutils::probe
