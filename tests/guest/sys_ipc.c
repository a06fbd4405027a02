/*
 * sys_ipc.c - System V IPC: semid_ds, whose layout differs, and the calls
 * around it.
 */
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static void
test_sem(void)
{
	int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0640);
	unsigned short vals[3] = { 5, 6, 7 }, back[3];
	struct semid_ds ds;
	struct sembuf op = { .sem_num = 1, .sem_op = -2 };
	struct timespec ts = { 0, 10000000 };

	CHECK(id >= 0);
	CHECK(semctl(id, 0, SETALL, (union semun){ .array = vals }) == 0);
	memset(&ds, 0xee, sizeof(ds));
	CHECK(semctl(id, 0, IPC_STAT, (union semun){ .buf = &ds }) == 0);
	CHECK(ds.sem_nsems == 3 && ds.sem_otime == 0);
	CHECK(ds.sem_ctime > 1000000000 && ds.sem_ctime <= time(NULL));
	CHECK((ds.sem_perm.mode & 0777) == 0640);
	CHECK(ds.sem_perm.uid == geteuid());
	CHECK(semop(id, &op, 1) == 0);
	CHECK(semctl(id, 1, GETVAL) == 4);
	CHECK(semctl(id, 1, GETPID) == getpid());
	CHECK(semctl(id, 0, IPC_STAT, (union semun){ .buf = &ds }) == 0);
	CHECK(ds.sem_otime >= ds.sem_ctime);
	ds.sem_perm.mode = 0600;
	CHECK(semctl(id, 0, IPC_SET, (union semun){ .buf = &ds }) == 0);
	memset(&ds, 0, sizeof(ds));
	CHECK(semctl(id, 0, IPC_STAT, (union semun){ .buf = &ds }) == 0);
	CHECK((ds.sem_perm.mode & 0777) == 0600);
	CHECK(semctl(id, 0, GETALL, (union semun){ .array = back }) == 0);
	CHECK(back[0] == 5 && back[1] == 4 && back[2] == 7);
	op.sem_op = -50;
	FAILS(semtimedop(id, &op, 1, &ts), EAGAIN);
	FAILS(semctl(id, 0, IPC_STAT, (union semun){ .buf = bad_address }),
	      EFAULT);
	CHECK(semctl(id, 0, IPC_RMID) == 0);
	FAILS(semctl(id, 1, GETVAL), EINVAL);
	check_group("sem");
}

static void
test_shm(void)
{
	int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600), st;
	struct shmid_ds ds;
	int *p = shmat(id, NULL, 0), *q;
	pid_t pid;

	CHECK(id >= 0 && p != (void *)-1);
	p[0] = 1;
	q = shmat(id, NULL, SHM_RDONLY);
	CHECK(q != (void *)-1 && q != p && q[0] == 1);
	pid = fork();
	if (pid == 0) {
		p[1] = 42;
		_exit(0);
	}
	waitpid(pid, &st, 0);
	CHECK(q[1] == 42);
	CHECK(shmctl(id, IPC_STAT, &ds) == 0);
	CHECK(ds.shm_segsz == 10000 && ds.shm_nattch == 2);
	CHECK(shmdt(q) == 0 && shmdt(p) == 0);
	FAILS(shmdt(p), EINVAL);
	CHECK(shmctl(id, IPC_RMID, NULL) == 0);
	FAILS(shmat(id, NULL, 0) == (void *)-1 ? -1 : 0, EINVAL);
	check_group("shm");
}

static void
test_msg(void)
{
	int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	struct {
		long type;
		char text[8];
	} m = { 3, "hello" }, got;
	struct msqid_ds ds;

	CHECK(id >= 0);
	CHECK(msgsnd(id, &m, 6, 0) == 0);
	CHECK(msgctl(id, IPC_STAT, &ds) == 0 && ds.msg_qnum == 1);
	CHECK(msgrcv(id, &got, 8, 3, 0) == 6 && !strcmp(got.text, "hello"));
	FAILS(msgrcv(id, &got, 8, 3, IPC_NOWAIT), ENOMSG);
	CHECK(msgctl(id, IPC_RMID, NULL) == 0);
	check_group("msg");
}

int
main(void)
{
	test_sem();
	test_shm();
	test_msg();
	return check_done();
}
