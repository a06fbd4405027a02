# cargo.sh - cargo test for another processor, with children.
# shellcheck shell=bash
main()
{
	local target=aarch64-unknown-linux-gnu lib

	need cargo rustc aarch64-linux-gnu-gcc
	lib=$(rustc --print target-libdir --target $target)
	compgen -G "$lib/libstd-*.rlib" >/dev/null ||
		skip "rustc has no library for $target"
	mkdir -p src
	printf '[package]\nname = "sum"\nversion = "0.1.0"\n' >Cargo.toml
	cat >src/lib.rs <<-'END'
		#[test]
		fn arch() {
			assert_eq!(std::env::consts::ARCH, "aarch64");
		}

		#[test]
		fn child() {
			let status = std::process::Command::new("true").status();
			assert!(status.unwrap().success());
		}
	END
	export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
	export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=ferry
	prints "2 passed; 0 failed" cargo test --offline --target $target
}
