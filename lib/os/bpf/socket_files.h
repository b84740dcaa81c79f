/* What the BPF program writes, and who starts it. C, for both sides. */
#pragma once

#include <linux/types.h>

struct socket_file {
  __u64 inode;
  /* As the reader's pid namespace numbers them. */
  __s32 pid;
  __s32 tid;
  __s32 fd;
  __u32 reserved;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Loads the program. Returns a descriptor to read records from until the end of the file, or an errno value
 * made negative: -EPERM without CAP_BPF and CAP_PERFMON. */
int sockutils_open_socket_files(void);

#ifdef __cplusplus
}
#endif
