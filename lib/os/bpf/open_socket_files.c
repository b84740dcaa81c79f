// The loader that bpftool generates is C, and talks to the kernel without any library.
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "socket_files.h"
#include "namespace_files.lskel.h"
#include "socket_files.lskel.h"

static int create_iterator(int link) {
  union bpf_attr request;
  memset(&request, 0, sizeof request);
  request.iter_create.link_fd = (__u32)link;
  const long fd = syscall(SYS_bpf, BPF_ITER_CREATE, &request, sizeof request.iter_create);
  return fd < 0 ? -errno : (int)fd;
}

// The iterator keeps what it needs of the program.
#define OPEN(PROGRAM)                                              \
  struct PROGRAM *program = PROGRAM##__open();                     \
  if (!program) return -ENOMEM;                                    \
  int result = PROGRAM##__load(program);                           \
  if (result == 0) result = PROGRAM##__socket_files__attach(program); \
  if (result >= 0) result = create_iterator(result);               \
  PROGRAM##__destroy(program);                                     \
  return result;

int sockutils_open_socket_files(void) { OPEN(socket_files) }

int sockutils_open_namespace_files(void) { OPEN(namespace_files) }
