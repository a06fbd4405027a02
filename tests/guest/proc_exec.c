/*
 * proc_exec.c - execve of the guest's own programs, scripts and the host's
 * programs; what is inherited; errors that must be reported before.
 *
 * TEST-CFLAGS: -pthread -Wno-nonnull -Wno-stringop-overread
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

static char dir[] = "/tmp/ferry-exec-XXXXXX";
static const char *self;

/* What a child that runs fn() writes to its standard output and exits with. */
static int
run(void (*fn)(void), char *out, size_t size)
{
	int p[2], status;
	size_t n = 0;
	ssize_t r;
	pid_t pid;

	CHECK(!pipe(p));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		dup2(p[1], 1);
		close(p[0]);
		close(p[1]);
		fn();
		_exit(100 + errno);
	}
	close(p[1]);
	while ((r = read(p[0], out + n, size - 1 - n)) > 0)
		n += (size_t)r;
	out[n] = 0;
	close(p[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
write_file(const char *name, const char *text, mode_t mode)
{
	int fd;

	CHECK(!chdir(dir));
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(!fchmod(fd, mode));
	close(fd);
}

static const char *program;
static char *arg[8];
static char *env[] = { (char *)"A=1", (char *)"B=two words", NULL };

static void
do_exec(void)
{
	execve(program, arg, env);
}

static void
do_fexec(void)
{
	int fd = open(program, O_RDONLY | O_CLOEXEC);

	fexecve(fd, arg, env);
}

static void
do_execat(void)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	syscall(SYS_execveat, fd, program, arg, env, 0);
}

static void
set_args(const char *a0, const char *a1, const char *a2)
{
	arg[0] = (char *)a0;
	arg[1] = (char *)a1;
	arg[2] = (char *)a2;
	arg[3] = NULL;
}

static void
test_self(void)
{
	char out[400];

	program = self;
	set_args("other name", "echo", "x y");
	CHECK(run(do_exec, out, sizeof(out)) == 5);
	CHECK(!strcmp(out, "other name|echo|x y|A=1|B=two words|"));
	set_args("", "echo", "");
	CHECK(run(do_exec, out, sizeof(out)) == 5);
	CHECK(!strcmp(out, "|echo||A=1|B=two words|"));
	set_args("-E", "echo", "-L");
	CHECK(run(do_fexec, out, sizeof(out)) == 5);
	CHECK(!strcmp(out, "-E|echo|-L|A=1|B=two words|"));
	/* Names that look like options, or like something to be searched. */
	CHECK(!chdir(dir));
	CHECK(!symlink(self, "-strace"));
	program = "-strace";
	CHECK(run(do_exec, out, sizeof(out)) == 5);
	CHECK(!strcmp(out, "-E|echo|-L|A=1|B=two words|"));
	CHECK(run(do_execat, out, sizeof(out)) == 5);
	CHECK(!strcmp(out, "-E|echo|-L|A=1|B=two words|"));
}

static void
test_scripts(void)
{
	char out[400], line[200], want[200];

	/* A script of this program, with its one argument. */
	snprintf(line, sizeof(line), "#! %s  echo more \nrest\n", self);
	write_file("script", line, 0755);
	program = "./script";
	set_args("dropped", "1", "2");
	CHECK(run(do_exec, out, sizeof(out)) == 5);
	snprintf(want, sizeof(want), "%s|echo more|./script|1|2|A=1|B=two "
		 "words|", self);
	CHECK(!strcmp(out, want));

	/* A script of a script. */
	snprintf(line, sizeof(line), "#!%s/script\n", dir);
	write_file("second", line, 0755);
	snprintf(line, sizeof(line), "%s/second", dir);
	program = line;
	CHECK(run(do_exec, out, sizeof(out)) == 5);
	snprintf(want, sizeof(want), "%s|echo more|%s/script|%s/second|1|2|"
		 "A=1|B=two words|", self, dir, dir);
	CHECK(!strcmp(out, want));

	write_file("sh", "#!/bin/sh\necho \"$0 $1 $A\"; exit 6\n", 0755);
	program = "./sh";
	CHECK(run(do_exec, out, sizeof(out)) == 6);
	CHECK(!strcmp(out, "./sh 1 1\n"));
}

static void
test_native(void)
{
	char out[400];

	program = "/bin/sh";
	set_args("sh", "-c", "echo $0 $B; exit 7");
	CHECK(run(do_exec, out, sizeof(out)) == 7);
	CHECK(!strcmp(out, "sh two words\n"));
}

static void
expect_error(const char *name, int error)
{
	program = name;
	set_args("x", NULL, NULL);
	errno = 0;
	CHECK(execve(program, arg, env) == -1);
	if (errno != error)
		printf("%s: %d, not %d\n", name, errno, error);
	CHECK(errno == error);
}

static void
test_errors(void)
{
	char deep[16], line[64], prev[16] = "sh";
	int i;

	write_file("text", "echo not a program\n", 0755);
	write_file("empty", "", 0755);
	write_file("plain", "#!/bin/sh\n", 0644);
	write_file("lost", "#!/no/such/interpreter\n", 0755);
	write_file("nothing", "#!\n", 0755);
	CHECK(!symlink("loop", "loop"));
	expect_error("./text", ENOEXEC);
	expect_error("./empty", ENOEXEC);
	expect_error("./plain", EACCES);
	expect_error("./lost", ENOENT);
	expect_error("./nothing", ENOEXEC);
	expect_error("./none", ENOENT);
	expect_error("", ENOENT);
	expect_error("./text/x", ENOTDIR);
	expect_error("./loop", ELOOP);
	expect_error("/", EACCES);
	expect_error("/dev/null", EACCES);
	CHECK(execve((char *)8, arg, env) == -1 && errno == EFAULT);
	CHECK(execve(self, (char **)8, env) == -1 && errno == EFAULT);
	CHECK(execve(self, arg, (char **)8) == -1 && errno == EFAULT);
	for (i = 0; i < 7; i++) {
		snprintf(deep, sizeof(deep), "deep%d", i);
		snprintf(line, sizeof(line), "#!%s/%s\n", dir, prev);
		write_file(deep, line, 0755);
		strcpy(prev, deep);
	}
	snprintf(line, sizeof(line), "./%s", prev);
	expect_error(line, ELOOP);
}

/* Too many arguments; as many as are allowed arrive. */
static void
test_many(void)
{
	static char *many[30000];
	static char big[200000];
	int status, i;
	pid_t pid;

	many[0] = (char *)"x";
	many[1] = (char *)"count";
	for (i = 2; i < 20000; i++)
		many[i] = (char *)"abc";
	pid = vfork();
	if (!pid) {
		execve(self, many, env);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 20000 % 251);
	memset(big, 'x', sizeof(big) - 1);
	set_args("x", big, NULL);
	CHECK(execve(self, arg, env) == -1 && errno == E2BIG);
	/* A missing argv is an empty one, which the kernel makes {""}. */
	pid = vfork();
	if (!pid) {
		execve(self, NULL, NULL);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 13);
}

static void
handler(int sig)
{
	(void)sig;
}

static void
test_inherited(void)
{
	char out[100];
	sigset_t set;

	signal(SIGUSR1, SIG_IGN);
	signal(SIGSEGV, SIG_IGN);
	signal(SIGUSR2, handler);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGBUS);
	sigprocmask(SIG_SETMASK, &set, NULL);
	raise(SIGTERM);
	raise(SIGBUS);
	program = self;
	set_args("x", "signals", NULL);
	CHECK(run(do_exec, out, sizeof(out)) == 0);
	sigtimedwait(&set, NULL, &(struct timespec){ 0, 0 });
	sigtimedwait(&set, NULL, &(struct timespec){ 0, 0 });
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGSEGV, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static int
check_signals(void)
{
	struct sigaction sa;
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	CHECK(sigismember(&set, SIGTERM) && sigismember(&set, SIGBUS));
	CHECK(!sigismember(&set, SIGSEGV));
	sigaction(SIGUSR1, NULL, &sa);
	CHECK(sa.sa_handler == SIG_IGN);
	sigaction(SIGSEGV, NULL, &sa);
	CHECK(sa.sa_handler == SIG_IGN);
	sigaction(SIGBUS, NULL, &sa);
	CHECK(sa.sa_handler == SIG_DFL);
	sigaction(SIGUSR2, NULL, &sa);
	CHECK(sa.sa_handler == SIG_DFL);
	return 0;
}

static int
echo(int argc, char **argv, char **envp)
{
	int i;

	for (i = 0; i < argc; i++)
		printf("%s|", argv[i]);
	for (; *envp; envp++)
		printf("%s|", *envp);
	return 5;
}

static void *
wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void *
exec_here(void *unused)
{
	execve(program, arg, env);
	return unused;
}

/* Called by a thread, execve ends all others and takes the process's id. */
static void
exec_in_thread(void)
{
	char pid[16];
	pthread_t t;

	snprintf(pid, sizeof(pid), "%d", getpid());
	arg[2] = pid;
	pthread_create(&t, NULL, wait_for_ever, NULL);
	pthread_create(&t, NULL, wait_for_ever, NULL);
	pthread_create(&t, NULL, exec_here, NULL);
	wait_for_ever(NULL);
}

static void
test_thread(void)
{
	char out[100];
	int i;

	program = self;
	for (i = 0; i < 5; i++) {
		set_args("x", "pid", NULL);
		CHECK(run(exec_in_thread, out, sizeof(out)) == 0);
	}
}

/* posix_spawn and vfork from several threads at once. */
static void *
spawn_some(void *unused)
{
	char *const argv[] = { (char *)"x", (char *)"count", NULL };
	int i, status;
	pid_t pid;

	for (i = 0; i < 5; i++) {
		CHECK(posix_spawn(&pid, "/no/such", NULL, NULL, argv, env) ==
		      ENOENT);
		CHECK(!posix_spawn(&pid, self, NULL, NULL, argv, env));
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	}
	return unused;
}

static void
test_spawns(void)
{
	pthread_t t[4];
	int i;

	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&t[i], NULL, spawn_some, NULL));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(t[i], NULL));
}

/* A program that has no name any more. */
static void
test_memfd(void)
{
	char buf[65536], out[200];
	int from = open(self, O_RDONLY), to = memfd_create("m", 0);
	ssize_t n;

	CHECK(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		CHECK(write(to, buf, (size_t)n) == n);
	snprintf(buf, sizeof(buf), "/proc/self/fd/%d", to);
	program = buf;
	set_args("m", "echo", NULL);
	CHECK(run(do_fexec, out, sizeof(out)) == 5);
	CHECK(!strcmp(out, "m|echo|A=1|B=two words|"));
	close(from);
	close(to);
}

int
main(int argc, char **argv, char **envp)
{
	char path[4096];

	if (argc == 1 && !argv[0][0] && !*envp)
		return 13;
	if (argc > 1 && !strncmp(argv[1], "echo", 4))
		return echo(argc, argv, envp);
	if (argc > 1 && !strcmp(argv[1], "count"))
		return argc % 251;
	if (argc > 2 && !strcmp(argv[1], "pid"))
		return atoi(argv[2]) != getpid() || gettid() != getpid();
	if (argc > 1 && !strcmp(argv[1], "signals"))
		return check_signals();
	CHECK(realpath("/proc/self/exe", path));
	self = path;
	CHECK(mkdtemp(dir));
	test_self();
	test_scripts();
	test_native();
	test_errors();
	test_many();
	test_inherited();
	test_memfd();
	test_thread();
	test_spawns();
	CHECK(!chdir("/"));
	snprintf(path, sizeof(path), "rm -r %s", dir);
	return system(path);
}
