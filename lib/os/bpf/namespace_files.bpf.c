// SPDX-License-Identifier: MIT OR GPL-2.0-only
//
// As socket_files.bpf.c, with the network namespaces of the sockets, and the descriptors of namespaces.
#define WITH_NAMESPACES
#include "socket_files.bpf.c"
