/*
 * abi.h - structures and constants of the guests' kernel interface that
 * differ from the host's.
 *
 * Layouts are those of the kernel's asm-generic headers, which all guests
 * share; struct tags carry guest_, constants GUEST_. Signal frames are in
 * signals/frame_*.
 */
#ifndef FERRY_SYSCALL_ABI_H
#define FERRY_SYSCALL_ABI_H

#include <stdint.h>

/* include/uapi/asm-generic/stat.h */
struct guest_stat {
	uint64_t st_dev;
	uint64_t st_ino;
	uint32_t st_mode;
	uint32_t st_nlink;
	uint32_t st_uid;
	uint32_t st_gid;
	uint64_t st_rdev;
	uint64_t pad1;
	int64_t st_size;
	int32_t st_blksize;
	int32_t pad2;
	int64_t st_blocks;
	int64_t st_atime_sec;
	uint64_t st_atime_nsec;
	int64_t st_mtime_sec;
	uint64_t st_mtime_nsec;
	int64_t st_ctime_sec;
	uint64_t st_ctime_nsec;
	uint32_t unused[2];
};

/* include/uapi/linux/eventpoll.h; packed on x86-64 only */
struct guest_epoll_event {
	uint32_t events;
	uint32_t pad;
	uint64_t data;
};

struct host_epoll_event {
	uint32_t events;
	uint64_t data;
} __attribute__((packed));

/* include/uapi/linux/ipc.h: struct ipc64_perm, the same everywhere */
struct abi_ipc_perm {
	uint8_t b[48];
};

/* include/uapi/asm-generic/sembuf.h */
struct guest_semid_ds {
	struct abi_ipc_perm sem_perm;
	int64_t sem_otime;
	int64_t sem_ctime;
	uint64_t sem_nsems;
	uint64_t unused[2];
};

/* arch/x86/include/uapi/asm/sembuf.h */
struct host_semid_ds {
	struct abi_ipc_perm sem_perm;
	int64_t sem_otime;
	uint64_t unused1;
	int64_t sem_ctime;
	uint64_t unused2;
	uint64_t sem_nsems;
	uint64_t unused[2];
};

/* include/uapi/linux/loop.h: lo_device and lo_rdevice are __kernel_old_dev_t,
 * which is unsigned long on x86-64 and unsigned int elsewhere. */
struct guest_loop_info {
	int32_t lo_number;
	uint32_t lo_device;
	uint64_t lo_inode;
	uint32_t lo_rdevice;
	int32_t lo_offset;
	int32_t lo_encrypt_type;
	int32_t lo_encrypt_key_size;
	int32_t lo_flags;
	char lo_name[64];
	uint8_t lo_encrypt_key[32];
	uint64_t lo_init[2];
	char reserved[4];
};

struct host_loop_info {
	int32_t lo_number;
	uint64_t lo_device;
	uint64_t lo_inode;
	uint64_t lo_rdevice;
	int32_t lo_offset;
	int32_t lo_encrypt_type;
	int32_t lo_encrypt_key_size;
	int32_t lo_flags;
	char lo_name[64];
	uint8_t lo_encrypt_key[32];
	uint64_t lo_init[2];
	char reserved[4];
};

/* struct open_how, the same everywhere (include/uapi/linux/openat2.h). */
struct abi_open_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

#endif
