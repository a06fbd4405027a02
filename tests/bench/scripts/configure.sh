# configure.sh - what a configure script does all day: small files written,
# looked at and removed, in many short processes and subshells.
dir=conftest.$$
mkdir $dir
cd $dir || exit 1
found=0
for header in stdio stdlib string unistd fcntl errno limits signal time \
	sys/types sys/stat sys/wait; do
	name=$(echo "HAVE_${header}_H" | tr 'a-z/' 'A-Z_')
	cat >conftest.c <<EOF
#include <$header.h>
int main(void) { return 0; }
EOF
	if grep "include <$header" conftest.c >/dev/null; then
		echo "#define $name 1" >>confdefs.h
		found=$(expr $found + 1)
	fi
	rm -f conftest.c
done
sed -e 's/#define \(.*\) 1/s,@\1@,yes,/' confdefs.h >subst.sed
sed -e 's/#define \(.*\) 1/\1 = @\1@/' confdefs.h >Makefile.in
sed -f subst.sed Makefile.in >Makefile
(sort Makefile | uniq -c; echo $found)
cd ..
rm -rf $dir
