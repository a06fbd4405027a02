# bazel.sh - a cross build's cc_test, run under ferry in Bazel's sandbox.
#
# Bazel loads its rules for C and Java from elsewhere, even where it needs none
# of the latter. Those built into it stand in, for Debian's packages of them do
# not fit its Bazel.
# shellcheck shell=bash
main()
{
	local rule bazel test

	need bazel aarch64-linux-gnu-gcc
	[ -d /usr/share/bazel/platforms ] || skip "no Bazel of Debian's"
	mkdir -p work/toolchain rules_cc/cc rules_java/java coverage
	cp "$top/examples/recipes/cross/sum.c" work
	for rule in cc_binary cc_import cc_library cc_test cc_toolchain \
		cc_toolchain_suite; do
		echo "$rule = native.$rule" >>rules_cc/cc/defs.bzl
	done
	for rule in java_binary java_import java_library java_runtime \
		java_toolchain java_proto_library; do
		echo "$rule = native.$rule" >>rules_java/java/defs.bzl
	done
	touch work/WORKSPACE rules_{cc,java}/{WORKSPACE,BUILD} \
		rules_cc/cc/BUILD rules_java/java/BUILD coverage/WORKSPACE
	echo 'filegroup(name = "coverage_report_generator",
		visibility = ["//visibility:public"])' >coverage/BUILD
	echo 'cc_test(name = "sum", srcs = ["sum.c"], args = ["40", "2"])' \
		>work/BUILD
	toolchain
	bazel="bazel --batch --output_user_root=$PWD/output --nohome_rc"
	test="test --test_output=all --platforms=//toolchain:aarch64
		--extra_toolchains=//toolchain
		--incompatible_enable_cc_toolchain_resolution
		--override_repository=platforms=/usr/share/bazel/platforms
		--override_repository=rules_cc=$PWD/rules_cc
		--override_repository=rules_java=$PWD/rules_java
		--override_repository=remote_coverage_tools=$PWD/coverage"
	cd work
	# shellcheck disable=SC2086
	prints "aarch64 42" $bazel $test --run_under="$(command -v ferry)" :sum
	# The sandbox shows the sysroot.
	# shellcheck disable=SC2086
	prints "aarch64 42" $bazel $test --nocache_test_results \
		--run_under="$(command -v ferry) -L /usr/aarch64-linux-gnu" \
		:sum
}

# Debian's cross compiler, as Bazel wants to be told of it.
toolchain()
{
	cat >work/toolchain/BUILD <<-'END'
		load(":defs.bzl", "config")
		package(default_visibility = ["//visibility:public"])
		cpu = "@platforms//cpu:aarch64"
		platform(name = "aarch64",
		    constraint_values = ["@platforms//os:linux", cpu])
		filegroup(name = "none")
		config(name = "config")
		cc_toolchain(name = "cc", toolchain_config = ":config",
		    all_files = ":none", compiler_files = ":none",
		    dwp_files = ":none", linker_files = ":none",
		    objcopy_files = ":none", strip_files = ":none")
		toolchain(name = "toolchain", toolchain = ":cc",
		    target_compatible_with = ["@platforms//os:linux", cpu],
		    toolchain_type = "@bazel_tools//tools/cpp:toolchain_type")
	END
	cat >work/toolchain/defs.bzl <<-'END'
		load("@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
		     "tool_path")
		tools = ["gcc", "cpp", "ar", "ld", "nm", "objdump", "strip",
		         "gcov"]
		prefix = "/usr/bin/aarch64-linux-gnu-"
		def _impl(ctx):
		    return cc_common.create_cc_toolchain_config_info(
		        ctx = ctx, compiler = "gcc", target_cpu = "aarch64",
		        toolchain_identifier = "aarch64-linux-gnu",
		        host_system_name = "local", target_libc = "glibc",
		        target_system_name = "aarch64-linux-gnu",
		        abi_version = "unknown", abi_libc_version = "unknown",
		        cxx_builtin_include_directories = [
		            "/usr/lib/gcc-cross/aarch64-linux-gnu",
		            "/usr/aarch64-linux-gnu/include"],
		        tool_paths = [tool_path(name = t, path = prefix + t)
		                      for t in tools])
		config = rule(implementation = _impl,
		              provides = [CcToolchainConfigInfo])
	END
}
