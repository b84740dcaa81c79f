// The loader that bpftool generates is C, and talks to the kernel without any library.
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "socket_files.h"
#include "socket_files.lskel.h"

static int create_iterator(int link) {
  union bpf_attr request;
  memset(&request, 0, sizeof request);
  request.iter_create.link_fd = (__u32)link;
  const long fd = syscall(SYS_bpf, BPF_ITER_CREATE, &request, sizeof request.iter_create);
  return fd < 0 ? -errno : (int)fd;
}

int sockutils_open_socket_files(void) {
  struct socket_files *program = socket_files__open();
  if (!program) return -ENOMEM;
  int result = socket_files__load(program);
  if (result == 0) result = socket_files__socket_files__attach(program);
  // The iterator keeps what it needs of the program.
  if (result >= 0) result = create_iterator(result);
  socket_files__destroy(program);
  return result;
}
