/// SCTP end points and associations (RFC 9260), as net/sctp/diag.c tells them.
#pragma once

#include <string>

#include "family/family.h"

namespace sockutils::inet {

/// The state of TCP nearest to the state of an association (enum sctp_state, linux/sctp.h of the kernel).
std::optional<State> state_of_association(unsigned number);

/// Reads an array of struct sockaddr_storage and appends its addresses to a packed list. False when it
/// is cut or holds something that is no internet address; the addresses before that are there.
bool append_addresses(std::string& list, ByteView addresses);

/// Completes a socket whose attributes say that it is an association: its own identity beside the end
/// point's, and its state.
void become_association(Socket& socket, unsigned state);

}  // namespace sockutils::inet
