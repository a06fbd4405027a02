# core.pl - perl itself and its common modules, against known results.
use strict;
use warnings;
use utf8;
use Test::More;

use Data::Dumper;
use Digest::MD5 qw(md5_hex);
use Digest::SHA qw(sha256_hex);
use Encode qw(encode decode);
use File::Basename;
use File::Find;
use File::Spec;
use File::Temp qw(tempdir);
use Getopt::Long qw(GetOptionsFromArray);
use IO::Handle;
use IO::Select;
use IO::Socket::INET;
use IPC::Open3;
use JSON::PP;
use List::Util qw(sum reduce shuffle first uniq max);
use MIME::Base64;
use POSIX qw(floor strftime WIFSIGNALED WTERMSIG :sys_wait_h);
use Scalar::Util qw(blessed weaken looks_like_number);
use Socket;
use Storable qw(freeze thaw dclone);
use Text::Wrap;
use Time::HiRes qw(sleep time);
use Time::Local;

# text
(my $t = "hello world") =~ s/(\w+) (\w+)/$2 $1/;
is($t, "world hello", "substitution");
is(join("|", "a1b22c333" =~ /(\d+)/g), "1|22|333", "global match");
my %count;
$count{$_}++ for split //, "mississippi";
is(join(",", map { "$_$count{$_}" } sort keys %count), "i4,m1,p2,s4", "hash");
is(sprintf("%05.2f|%x|%-5s|%e", 3.14159, 255, "ab", 12345.678),
   "03.14|ff|ab   |1.234568e+04", "sprintf");
is(length(encode("UTF-8", "äöü€")), 9, "encode");
is(decode("UTF-8", "\xe2\x82\xac"), "€", "decode");
ok("naïve" =~ /^\w+$/, "unicode classes");
is(uc("straße"), "STRASSE", "unicode case");
is(join(" ", sort { $a <=> $b } qw(10 9 100 1)), "1 9 10 100", "sort");
is((join ",", unpack("nNa3", pack("nNa3", 258, 65537, "xyz"))),
   "258,65537,xyz", "pack");
is("abc" x 3, "abcabcabc", "repeat");
{
	local $/;
	open my $fh, "<", \"in memory\nfile\n" or die;
	is(length(<$fh>), 15, "in-memory file");
}

# numbers
is(sprintf("%.15f", 2 ** 0.5), "1.414213562373095", "power");
is(int(-7 / 2), -3, "int");
is(-7 % 3, 2, "modulus");
is(0xffffffff * 0xffffffff, 18446744065119617025, "64-bit product");
is(9223372036854775807 + 0, 9223372036854775807, "64-bit integer");
is(floor(-1.5), -2, "floor");
use Math::BigInt;
is(Math::BigInt->new(2)->bpow(128)->bstr,
   "340282366920938463463374607431768211456", "bigint");

# modules
is(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72", "md5");
is(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223" .
   "b00361a396177a9cb410ff61f20015ad", "sha256");
is(encode_base64("ferry"), "ZmVycnk=\n", "base64");
is(sum(1 .. 100), 5050, "sum");
is((reduce { $a * $b } 1 .. 10), 3628800, "reduce");
my $data = { list => [ 1, "two", { three => 3 } ], null => undef };
is_deeply(decode_json(encode_json($data)), $data, "json");
is_deeply(thaw(freeze($data)), $data, "storable");
{
	local $Data::Dumper::Indent = 0;
	local $Data::Dumper::Sortkeys = 1;
	is(Dumper($data), q($VAR1 = {'list' => [1,'two',{'three' => 3}],) .
	   q('null' => undef};), "dumper");
}
is(strftime("%F %T", gmtime(1e9)), "2001-09-09 01:46:40", "strftime");
is(timegm(40, 46, 1, 9, 8, 101), 1000000000, "timegm");
my %o;
GetOptionsFromArray([qw(--n=3 --verbose x)], "n=i" => \$o{n},
		    "verbose" => \$o{v});
is("$o{n}$o{v}", "31", "getopt");
is(basename("/a/b.c", ".c"), "b", "basename");

# objects, closures, exceptions
package Counter {
	sub new { my ($class, %a) = @_; return bless { n => $a{start} }, $class }
	sub next { return $_[0]{n}++ }
	sub DESTROY { $main::destroyed++ }
}
{
	my $c = Counter->new(start => 5);
	$c->next;
	is($c->next, 6, "method");
	is(blessed($c), "Counter", "blessed");
}
is($main::destroyed, 1, "destructor");
my @subs = map { my $n = $_; sub { $n * shift } } 1 .. 3;
is($subs[2]->(7), 21, "closure");
eval { die { code => 42 } };
is($@->{code}, 42, "exception");
is((eval "1 +") // "syntax", "syntax", "eval of an error");
is(eval q{ my $r = 1; $r <<= 40; $r }, 1099511627776, "eval of a string");

# files and processes
my $dir = tempdir(CLEANUP => 1);
for my $i (1 .. 10) {
	open my $fh, ">", "$dir/f$i" or die;
	print $fh "line $_\n" for 1 .. $i;
	close $fh;
}
my $lines = 0;
find(sub { if (-f) { open my $fh, "<", $_; $lines++ while <$fh> } }, $dir);
is($lines, 55, "find and read");
is(`uname -m`, "aarch64\n", "backticks");
is(system("exit 3;") >> 8, 3, "system");
my $pid = fork // die;
if (!$pid) {
	kill "TERM", $$;
	sleep 10;
}
waitpid $pid, 0;
ok(WIFSIGNALED($?) && WTERMSIG($?) == 15, "fork, kill, wait");
pipe my $r, my $w;
if (!fork) {
	close $r;
	print $w "from the child";
	close $w;
	POSIX::_exit(0);
}
close $w;
is(<$r>, "from the child", "pipe");
wait;
my $p = open3(my $in, my $out, undef, "sort", "-r");
print $in "a\nc\nb\n";
close $in;
is(join("", <$out>), "c\nb\na\n", "open3");
waitpid $p, 0;
my $alarm = 0;
local $SIG{ALRM} = sub { $alarm++ };
Time::HiRes::alarm(0.1);
my $until = time + 10;
sleep 0.02 while !$alarm && time < $until;
is($alarm, 1, "alarm");
my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1");
ok($server, "listen") or diag $!;
if (!fork) {
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1",
				      PeerPort => $server->sockport);
	print $s "over TCP\n";
	close $s;
	POSIX::_exit(0);
}
is(scalar readline($server->accept), "over TCP\n", "socket");
wait;
like(readlink("/proc/$$/exe"), qr{^/usr/bin/perl}, "/proc/PID/exe");

done_testing;
