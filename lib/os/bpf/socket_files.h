/* What the BPF program writes, and who starts it. C, for both sides. */
#pragma once

#include <linux/types.h>

struct socket_file {
  __u32 inode;
  /* As the reader's pid namespace numbers them. */
  __s32 pid;
  __s32 tid;
  __s32 fd;
  /* Of a socket: the inode number of its network namespace, when that was asked for. */
  __u32 netns;
  __u32 is_namespace;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Loads the program. Returns a descriptor to read records from until the end of the file, or an errno value
 * made negative: -EPERM without CAP_BPF and CAP_PERFMON. */
int sockutils_open_socket_files(void);
/* With namespaces, which takes some milliseconds longer. */
int sockutils_open_namespace_files(void);

#ifdef __cplusplus
}
#endif
