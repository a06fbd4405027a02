# tests/local.mk - what `make check' runs. The lists are in sources.am.
#
# .c .S	guest programs: built by the cross compiler, run under ferry
# .txt	expected output of an example
# none	unit tests (Check), which link to libferry.a

examples = examples/hello/expected.txt examples/children/expected.txt \
	examples/signals/expected.txt examples/threads/expected.txt
example_files = examples/hello/hello.c examples/hello/run.sh \
	examples/children/words.c examples/children/run.sh \
	examples/signals/clock.c examples/signals/run.sh \
	examples/threads/sum.c examples/threads/run.sh
suite_files = tests/suites/mksysroot tests/suites/lockstep tests/suites/jit \
	tests/suites/sanitizers tests/suites/modes \
	tests/suites/gcc-torture \
	tests/suites/malformed/victim.S \
	tests/suites/common.sh tests/suites/debian tests/suites/apps \
	tests/suites/system \
	tests/suites/recipes examples/recipes examples/installer \
	tests/bench examples/debian tests/summary

TEST_EXTENSIONS = .c .S .sh .txt
C_LOG_COMPILER = $(SHELL) $(srcdir)/tests/run-guest
S_LOG_COMPILER = $(SHELL) $(srcdir)/tests/run-guest
SH_LOG_COMPILER = bash
TXT_LOG_COMPILER = $(SHELL) $(srcdir)/tests/run-example
AM_TESTS_ENVIRONMENT = \
	srcdir='$(srcdir)'; export srcdir; \
	CK_DEFAULT_TIMEOUT=300; export CK_DEFAULT_TIMEOUT; \
	CC='$(CC)'; export CC; \
	FERRY='$(abs_builddir)/ferry'; export FERRY; \
	OOM_FERRY='$(abs_builddir)/tests/oom/ferry-oom'; export OOM_FERRY; \
	A64_CC='$(A64_CC)'; export A64_CC; \
	QEMU_A64='$(QEMU_A64)'; export QEMU_A64; \
	TEST_OUT='$(abs_builddir)/tests/out'; export TEST_OUT;

TESTS += tests/layering.sh $(insn_tests) $(guest_tests) $(examples)
EXTRA_DIST += $(insn_tests) $(guest_tests) $(guest_files) tests/layering.sh \
	tests/run-guest tests/run-example $(examples) $(example_files)

# Tests read what ferry is; rebuild it first.
check_PROGRAMS += $(unit_programs)
check_DATA = ferry-aarch64

if HAVE_CHECK
unit_programs = $(unit_tests)
endif
TESTS += $(unit_programs)
EXTRA_DIST += $(unit_files)

# The decoder's tests share files, and one of them needs capstone.
decode_sources = tests/unit/decode_common.c tests/unit/decode_common.h \
	tests/unit/a64_encodings.c tests/unit/a64_encodings.h
decode_cppflags = $(AM_CPPFLAGS) -Itranslator/guest/a64
tests_unit_test_decode_a64_SOURCES = tests/unit/test_decode_a64.c \
	$(decode_sources)
tests_unit_test_decode_a64_CPPFLAGS = $(decode_cppflags)
if HAVE_CAPSTONE
tests_unit_test_decode_capstone_SOURCES = tests/unit/test_decode_capstone.c \
	$(decode_sources)
else
tests_unit_test_decode_capstone_SOURCES = tests/unit/skip_capstone.c
endif
tests_unit_test_decode_capstone_CPPFLAGS = $(decode_cppflags)
$(tests_unit_test_decode_a64_OBJECTS): $(a64_gen)
$(tests_unit_test_decode_capstone_OBJECTS): $(a64_gen)
tests_unit_test_emit_vec_SOURCES = tests/unit/test_emit_vec.c \
	tests/unit/emit_ops.c tests/unit/emit_ops.h
tests_unit_test_opt_SOURCES = tests/unit/test_opt.c tests/unit/ir_text.c \
	tests/unit/ir_text.h tests/unit/ir_guest.h
# Files of static assertions.
tests_unit_test_syscall_table_SOURCES = tests/unit/test_syscall_table.c \
	tests/unit/syscall_numbers.h tests/unit/syscall_numbers_guest.c \
	tests/unit/syscall_numbers_host.c
TESTS += tests/unit/test_mkdecode.sh tests/suites/malformed/malformed.sh \
	tests/guest/strace.sh tests/guest/cpu_model.sh tests/guest/report.sh \
	tests/guest/binfmt.sh tests/guest/rootfs.sh tests/guest/container.sh \
	tests/guest/qemu_options.sh tests/install.sh
EXTRA_DIST += tests/suites/malformed/malformed.sh tests/guest/strace.sh \
	tests/guest/cpu_model.sh tests/guest/report.sh \
	tests/guest/binfmt.sh tests/guest/rootfs.sh tests/guest/start_prog.c \
	tests/guest/expect.bash \
	tests/guest/container.sh tests/guest/qemu_options.sh \
	tests/install.sh tests/in-namespace \
	tests/unit/test_mkdecode.sh tests/unit/a64_names.def \
	tests/insn/a64_encodings.tsv
TESTS += tests/guest/sysroot.sh tests/guest/seccomp_native.sh \
	tests/guest/coredump.sh tests/guest/share.sh \
	tests/guest/sig_edges.sh tests/guest/cxx_signals.sh
EXTRA_DIST += tests/guest/share.sh tests/guest/share_prog.c
EXTRA_DIST += tests/guest/sig_edges.sh tests/guest/sig_edges_prog.c \
	tests/guest/cxx_signals.sh tests/guest/cxx_signals.cc
EXTRA_DIST += tests/guest/coredump.sh tests/guest/coredump_prog.c
EXTRA_DIST += tests/guest/seccomp_native.sh tests/guest/seccomp_native_prog.c \
	tests/guest/sysroot.sh tests/guest/sysroot_prog.c
# Linked like ferry, but for being dynamic: the window of the address space
# that they test has to be where it is in ferry.
AM_LDFLAGS = $(FERRY_TEST_LDFLAGS) $(FERRY_CRT_BEGIN)
LDADD = libferry.a $(CHECK_LIBS) $(CAPSTONE_LIBS) $(FERRY_LIBS) \
	$(FERRY_CRT_END)

# --- ferry with memory that runs out.

check_PROGRAMS += tests/oom/ferry-oom
tests_oom_ferry_oom_SOURCES = runtime/main.c runtime/libc_stubs.c \
	tests/oom/inject.c
tests_oom_ferry_oom_LDADD = $(ferry_LDADD)
tests_oom_ferry_oom_LINK = $(ferry_LINK) -Wl,--wrap=rtmem_alloc \
	-Wl,--wrap=rtmem_alloc_huge -Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=realloc -Wl,--wrap=strdup -Wl,--wrap=options_parse
TESTS += tests/oom/oom.sh
EXTRA_DIST += tests/oom/oom.sh tests/oom/prog.c

# --- The translator, by levels of host processors and against the interpreter.

TESTS += tests/insn/host-cpu.sh tests/guest/lockstep.sh
EXTRA_DIST += tests/insn/host-cpu.sh tests/guest/lockstep.sh \
	tests/guest/lockstep_poke.c

# --- The instruction set: coverage, and the fuzzer against qemu-aarch64.

check_PROGRAMS += tests/unit/isa_coverage
tests_unit_isa_coverage_SOURCES = tests/unit/isa_coverage.c $(decode_sources)
tests_unit_isa_coverage_CPPFLAGS = $(decode_cppflags)
$(tests_unit_isa_coverage_OBJECTS): $(a64_gen)
check_PROGRAMS += tests/unit/fallbacks
tests_unit_fallbacks_SOURCES = tests/unit/fallbacks.c $(decode_sources)
tests_unit_fallbacks_CPPFLAGS = $(decode_cppflags)
$(tests_unit_fallbacks_OBJECTS): $(a64_gen)
TESTS += tests/fuzz/check-isa.sh tests/fuzz/fuzz.sh tests/insn/fallbacks.sh
EXTRA_DIST += tests/insn/fallbacks.sh translator/host/x64/FALLBACKS.md
fuzz_files = tests/fuzz/build.sh tests/fuzz/each.expect tests/fuzz/enter.S \
	tests/fuzz/fuzz.h tests/fuzz/generate.c tests/fuzz/isa-exceptions.def \
	tests/fuzz/main.c tests/fuzz/qemu-differences.def tests/fuzz/random.c \
	tests/fuzz/run.sh tests/fuzz/state.c tests/fuzz/undefined.c
EXTRA_DIST += tests/fuzz/check-isa.sh tests/fuzz/fuzz.sh $(fuzz_files)

# COUNT sequences (some 180 instructions each) from number FIRST of SEED; with
# a THRESHOLD, translated when they ran that often (0: interpreted).
SEED = 1
COUNT = 20000
FIRST = 0
THRESHOLD =
fuzz: all
	@$(AM_TESTS_ENVIRONMENT) \
	$(if $(THRESHOLD),FERRY_THRESHOLD='$(THRESHOLD)') \
	$(SHELL) $(srcdir)/tests/fuzz/run.sh \
		$(SEED) $(COUNT) $(FIRST)

# CASES operand sets per floating-point instruction and mode against qemu.
CASES = 1000

check-ieee: all
	@$(AM_TESTS_ENVIRONMENT) \
	$(SHELL) $(srcdir)/tests/fuzz/ieee.sh $(CASES)

.PHONY: check-ieee
EXTRA_DIST += tests/fuzz/ieee.sh

check-isa: all tests/unit/isa_coverage$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/fuzz/check-isa.sh

.PHONY: fuzz check-isa

clean-local:
	rm -rf tests/out

# --- System calls: natively and under ferry, and the table syscalls.md.

TESTS += tests/syscalls/pointers.sh tests/syscalls/layout.sh
EXTRA_DIST += tests/syscalls/pointers.sh tests/syscalls/pointers_prog.c \
	tests/syscalls/layout.sh tests/syscalls/layout_prog.c \
	tests/syscalls/table.sh tests/syscalls/run.sh

check-syscalls: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/syscalls/run.sh

.PHONY: check-syscalls

# --- Other people's programs.

# Debian's own arm64 packages; FERRY_CACHE keeps them between runs.
check-debian: all
	FERRY='$(abs_builddir)/ferry' $(SHELL) $(srcdir)/tests/suites/debian/run

# Programs with threads, processes, signals and sockets; APPS= says which.
check-apps: all
	FERRY='$(abs_builddir)/ferry' $(SHELL) $(srcdir)/tests/suites/apps/run \
		$(APPS)

# A whole system's programs, each against its amd64 twin, as root; SYSTEM= says
# which cases.
check-system: all
	FERRY='$(abs_builddir)/ferry' bash $(srcdir)/tests/suites/system/run \
		$(SYSTEM)

.PHONY: check-system

# Some of them in lockstep; LOCKSTEP says which, as in LOCKSTEP="shell perl".
check-lockstep: all
	FERRY='$(abs_builddir)/ferry' \
		$(SHELL) $(srcdir)/tests/suites/lockstep $(LOCKSTEP)

# The sanitizers of gcc and clang; SAN says which, as in SAN="gcc-heap".
check-sanitizers: all
	FERRY='$(abs_builddir)/ferry' A64_CC='$(A64_CC)' \
		bash $(srcdir)/tests/suites/sanitizers/run $(SAN)

# Programs that generate code; JIT says which, as in JIT="luajit node".
check-jit: all
	FERRY='$(abs_builddir)/ferry' CC='$(CC)' A64_CC='$(A64_CC)' \
		bash $(srcdir)/tests/suites/jit/run $(JIT)

# With the tools that use such emulators; RECIPES= says which.
check-recipes: all
	FERRY='$(abs_builddir)/ferry' \
		bash $(srcdir)/tests/suites/recipes/run $(RECIPES)

# All of them and more, in each mode of the translator; SUITES and MODES say
# which, as in SUITES="isa debian" MODES="sse2 cache-1M".
check-modes: all tests/unit/isa_coverage$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) MODES='$(MODES)' SEED='$(SEED)' \
	GUEST_TESTS='$(insn_tests) $(guest_tests)' \
	GCC_TORTURE_ARGS='$(GCC_TORTURE_ARGS)' \
	ISA_COVERAGE='$(abs_builddir)/tests/unit/isa_coverage' \
		bash $(srcdir)/tests/suites/modes $(SUITES)

.PHONY: check-lockstep check-jit check-recipes check-modes

# gcc's own execution tests, from the package of its sources.
check-gcc: all
	@$(AM_TESTS_ENVIRONMENT) \
		$(srcdir)/tests/suites/gcc-torture $(GCC_TORTURE_ARGS)

# Ratios against the same programs run natively and under qemu-user; the
# table's picture is bench/bench.svg. BENCH says which, as in BENCH=neon.
bench: all
	@mkdir -p bench
	@OUT=bench FERRY='$(abs_builddir)/ferry' A64_CC='$(A64_CC)' CC='$(CC)' \
		$(SHELL) $(srcdir)/tests/bench/run $(BENCH)

# What foreign chroots and container builds take; as root, see tests/bench/chroot.
bench-chroot: all
	@FERRY='$(abs_builddir)/ferry' bash $(srcdir)/tests/bench/chroot

# One thing very often: SCALE= percent of it, STORM= which.
check-storms: all
	@$(AM_TESTS_ENVIRONMENT) SCALE='$(SCALE)' \
		$(SHELL) $(srcdir)/tests/storms/run $(STORM)

EXTRA_DIST += tests/storms
.PHONY: check-debian check-apps check-sanitizers check-gcc check-storms bench bench-chroot

EXTRA_DIST += $(suite_files)
