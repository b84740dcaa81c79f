// SPDX-License-Identifier: MIT OR GPL-2.0-only
//
// Writes one record for every file descriptor that refers to a socket, and WITH_NAMESPACES to a namespace, of every
// task that the reader's pid namespace can see: bpf_iter task_file, kernel/bpf/task_iter.c (5.8). The iterator leaves out
// threads that share their table of files with the leader of their process.
//
// Only what is read of the kernel's structures is declared here: the loader finds the real offsets (CO-RE).
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "socket_files.h"

#define KERNEL_TYPE __attribute__((preserve_access_index))
#define SOCKFS_MAGIC 0x534F434B  // linux/magic.h
#define NSFS_MAGIC 0x6e736673

struct super_block {
  unsigned long s_magic;
} KERNEL_TYPE;

struct inode {
  struct super_block *i_sb;
  unsigned long i_ino;
} KERNEL_TYPE;

#ifdef WITH_NAMESPACES
struct ns_common {
  unsigned int inum;
} KERNEL_TYPE;

struct net {
  struct ns_common ns;
} KERNEL_TYPE;

typedef struct {
  struct net *net;
} possible_net_t;

struct sock_common {
  possible_net_t skc_net;
} KERNEL_TYPE;

struct sock {
  struct sock_common __sk_common;
} KERNEL_TYPE;

struct socket {
  struct sock *sk;
} KERNEL_TYPE;
#endif

struct file {
  struct inode *f_inode;
  void *private_data;
} KERNEL_TYPE;

struct files_struct;

struct upid {
  int nr;
} KERNEL_TYPE;

struct pid {
  unsigned int level;
  struct upid numbers[1];
} KERNEL_TYPE;

struct task_struct {
  int pid;
  unsigned long long start_time;
  struct pid *thread_pid;
  struct task_struct *group_leader;
  struct files_struct *files;
} KERNEL_TYPE;

struct bpf_iter_meta {
  struct seq_file *seq;
} KERNEL_TYPE;

struct bpf_iter__task_file {
  struct bpf_iter_meta *meta;
  struct task_struct *task;
  __u32 fd;
  struct file *file;
} KERNEL_TYPE;

// A task has a number in each pid namespace from its own up to the first one; /proc shows that of the reader's.
static int number_in_namespace(struct task_struct *task, unsigned int level) {
  struct pid *pid = task->thread_pid;
  if (!pid) return 0;
  int number = 0;
  const void *numbers = (const void *)pid + bpf_core_field_offset(struct pid, numbers);
  bpf_probe_read_kernel(&number, sizeof number,
                        numbers + level * bpf_core_type_size(struct upid) +
                            bpf_core_field_offset(struct upid, nr));
  return number;
}

// The task whose files come just now: they come one task after the other. Numbers are used again, but not with
// the same time of start. Not static: clang would divide it, and describe the parts to the kernel as wholes.
struct {
  int pid;
  unsigned long long start_time;
  int pid_of_reader;
  int tid_of_reader;
  unsigned long leader;
  unsigned long files;
  int is_repetition;
} current;

static void learn(struct task_struct *task) {
  if (current.pid == task->pid && current.start_time == task->start_time) return;
  struct task_struct *reader = bpf_get_current_task_btf();
  const unsigned int level = reader->thread_pid->level;
  const unsigned long leader = (unsigned long)task->group_leader;
  const unsigned long files = (unsigned long)task->files;
  // Threads that share a table with one another, and not with their leader, as when that has ended.
  current.is_repetition = leader != (unsigned long)task && leader == current.leader && files == current.files;
  current.leader = leader;
  current.files = files;
  current.pid = task->pid;
  current.start_time = task->start_time;
  current.pid_of_reader = number_in_namespace(task->group_leader, level);
  current.tid_of_reader = number_in_namespace(task, level);
}

#ifdef WITH_NAMESPACES
static __u32 namespace_of(struct socket *socket) { return BPF_CORE_READ(socket, sk, __sk_common.skc_net.net, ns.inum); }
#else
// Each further type of the kernel that is looked up takes a millisecond before the first record.
static __u32 namespace_of(void *socket) { return 0; }
#endif

SEC("iter/task_file")
int socket_files(struct bpf_iter__task_file *context) {
  struct task_struct *task = context->task;
  struct file *file = context->file;
  if (!task || !file) return 0;
  struct inode *inode = file->f_inode;
  if (!inode) return 0;
  const unsigned long magic = inode->i_sb->s_magic;
  #ifdef WITH_NAMESPACES
  if (magic != SOCKFS_MAGIC && magic != NSFS_MAGIC) return 0;
#else
  if (magic != SOCKFS_MAGIC) return 0;
#endif

  learn(task);
  if (current.is_repetition) return 0;
  struct socket_file record = {};
  record.inode = (__u32)inode->i_ino;
  record.netns = magic == SOCKFS_MAGIC ? namespace_of(file->private_data) : 0;
  record.is_namespace = magic == NSFS_MAGIC;
  record.pid = current.pid_of_reader;
  record.tid = current.tid_of_reader;
  record.fd = (int)context->fd;
  bpf_seq_write(context->meta->seq, &record, sizeof record);
  return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
