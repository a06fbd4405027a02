/*
 * xlat.c - flag words and structures, guest to host and back.
 */
#include "xlat.h"

#include <string.h>

#include "../runtime/base/base.h"

struct xlat_flag {
	uint64_t guest, host;
};

static const struct xlat_flag open_flags[] = {
#define FLAG(name, guest, host) { guest, host },
#include "xlat/open_a64.def"
#undef FLAG
};

uint64_t
xlat_open_to_host(uint64_t guest)
{
	uint64_t from = 0, to = 0;

	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++) {
		from |= open_flags[i].guest;
		if (guest & open_flags[i].guest)
			to |= open_flags[i].host;
	}
	return (guest & ~from) | to;
}

uint64_t
xlat_open_to_guest(uint64_t host)
{
	uint64_t from = 0, to = 0;

	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++) {
		from |= open_flags[i].host;
		if (host & open_flags[i].host)
			to |= open_flags[i].guest;
	}
	return (host & ~from) | to;
}

void
xlat_stat_to_guest(struct guest_stat *g, const struct stat *h)
{
	*g = (struct guest_stat){
		.st_dev = h->st_dev,
		.st_ino = h->st_ino,
		.st_mode = h->st_mode,
		.st_nlink = (uint32_t)h->st_nlink,
		.st_uid = h->st_uid,
		.st_gid = h->st_gid,
		.st_rdev = h->st_rdev,
		.st_size = h->st_size,
		.st_blksize = (int32_t)h->st_blksize,
		.st_blocks = h->st_blocks,
		.st_atime_sec = h->st_atim.tv_sec,
		.st_atime_nsec = (uint64_t)h->st_atim.tv_nsec,
		.st_mtime_sec = h->st_mtim.tv_sec,
		.st_mtime_nsec = (uint64_t)h->st_mtim.tv_nsec,
		.st_ctime_sec = h->st_ctim.tv_sec,
		.st_ctime_nsec = (uint64_t)h->st_ctim.tv_nsec,
	};
}

void
xlat_semid_to_guest(struct guest_semid_ds *g, const struct host_semid_ds *h)
{
	*g = (struct guest_semid_ds){
		.sem_perm = h->sem_perm,
		.sem_otime = h->sem_otime,
		.sem_ctime = h->sem_ctime,
		.sem_nsems = h->sem_nsems,
	};
}

void
xlat_semid_to_host(struct host_semid_ds *h, const struct guest_semid_ds *g)
{
	*h = (struct host_semid_ds){
		.sem_perm = g->sem_perm,
		.sem_otime = g->sem_otime,
		.sem_ctime = g->sem_ctime,
		.sem_nsems = g->sem_nsems,
	};
}

void
xlat_loop_to_guest(struct guest_loop_info *g, const struct host_loop_info *h)
{
	memset(g, 0, sizeof(*g));
	g->lo_number = h->lo_number;
	g->lo_device = (uint32_t)h->lo_device;
	g->lo_inode = h->lo_inode;
	g->lo_rdevice = (uint32_t)h->lo_rdevice;
	g->lo_offset = h->lo_offset;
	g->lo_encrypt_type = h->lo_encrypt_type;
	g->lo_encrypt_key_size = h->lo_encrypt_key_size;
	g->lo_flags = h->lo_flags;
	memcpy(g->lo_name, h->lo_name, sizeof(g->lo_name));
	memcpy(g->lo_encrypt_key, h->lo_encrypt_key,
	       sizeof(g->lo_encrypt_key));
	memcpy(g->lo_init, h->lo_init, sizeof(g->lo_init));
}

void
xlat_loop_to_host(struct host_loop_info *h, const struct guest_loop_info *g)
{
	memset(h, 0, sizeof(*h));
	h->lo_number = g->lo_number;
	h->lo_device = g->lo_device;
	h->lo_inode = g->lo_inode;
	h->lo_rdevice = g->lo_rdevice;
	h->lo_offset = g->lo_offset;
	h->lo_encrypt_type = g->lo_encrypt_type;
	h->lo_encrypt_key_size = g->lo_encrypt_key_size;
	h->lo_flags = g->lo_flags;
	memcpy(h->lo_name, g->lo_name, sizeof(h->lo_name));
	memcpy(h->lo_encrypt_key, g->lo_encrypt_key,
	       sizeof(h->lo_encrypt_key));
	memcpy(h->lo_init, g->lo_init, sizeof(h->lo_init));
}
