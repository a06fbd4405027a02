# autotools.sh - make check of a cross build: ferry as LOG_COMPILER, and then
# registered, where configure finds that it is not cross compiling.
# shellcheck shell=bash
main()
{
	need autoreconf make aarch64-linux-gnu-gcc
	cat >configure.ac <<-'END'
		AC_INIT([sum], [1])
		AM_INIT_AUTOMAKE([foreign])
		AC_PROG_CC
		AC_CONFIG_FILES([Makefile])
		AC_OUTPUT
	END
	cat >Makefile.am <<-'END'
		check_PROGRAMS = sum
		TESTS = sum
	END
	cat >sum.c <<-'END'
		#include <sys/utsname.h>
		#include <stdio.h>
		int main(void)
		{
			struct utsname u;

			uname(&u);
			puts(u.machine);
			return 0;
		}
	END
	autoreconf -fi
	mkdir cross registered
	cd cross
	prints "whether we are cross compiling... yes" \
		unregistered ../configure --host=aarch64-linux-gnu
	prints "# PASS:  1" make check LOG_COMPILER=ferry
	grep -qx aarch64 sum.log
	cd ../registered
	inside registered
}

registered()
{
	prints "whether we are cross compiling... no" \
		../configure --host=aarch64-linux-gnu
	prints "# PASS:  1" make check
	grep -qx aarch64 sum.log
}
