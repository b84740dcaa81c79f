/// Classic BPF programs, as SO_ATTACH_FILTER takes them and sock_diag gives them back, in words.
#pragma once

#include <string>

#include "common/bytes.h"

namespace sockutils {

/// Reads an array of struct sock_filter (linux/filter.h) and appends one element for each instruction
/// to the packed list `list`, see `append_element()`: `ldh [12]`, `jeq #0x800 jt 2 jf 5`, `ret #0`. Jumps
/// name the number of the instruction they lead to, counted from 0. What is no instruction of classic
/// BPF is written in numbers. No element holds a comma. False when the bytes end inside an
/// instruction; those before it are there. Pure.
bool append_bpf_listing(std::string& list, ByteView filter);

}  // namespace sockutils
