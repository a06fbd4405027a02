# modules.pl - modules with parts in C: XML::Parser, DBD::SQLite, Compress,
# LWP's URI and HTTP messages, Unicode, Digest, Time::Piece.
use strict;
use warnings;
use Test::More;

use Compress::Zlib;
use DBI;
use Hash::Util qw(lock_keys);
use HTTP::Request;
use IO::Compress::Gzip qw(gzip);
use IO::Uncompress::Gunzip qw(gunzip);
use JSON;
use Sys::Hostname;
use Time::Piece;
use Unicode::Normalize;
use URI;
use XML::Parser;

my @tags;
XML::Parser->new(Handlers => { Start => sub { push @tags, $_[1] } })
	->parse("<a><b x='1'/><c>text &amp; more</c></a>");
is("@tags", "a b c", "XML::Parser");
ok(!eval { XML::Parser->new->parse("<a><b></a>"); 1 }, "bad XML is refused");

my $db = DBI->connect("dbi:SQLite:dbname=:memory:", "", "",
		      { RaiseError => 1, PrintError => 0 });
$db->do("create table t (n integer, s text)");
my $insert = $db->prepare("insert into t values (?, ?)");
$db->begin_work;
$insert->execute($_, "s" x $_) for 1 .. 200;
$db->commit;
is($db->selectrow_array("select sum(length(s)) from t"), 20100, "DBD::SQLite");
ok(!eval { $db->do("select from"); 1 }, "bad SQL is refused");

my $text = join "", map { "line $_ of some text\n" } 1 .. 2000;
gzip(\$text => \my $packed) or die;
gunzip(\$packed => \my $unpacked) or die;
is($unpacked, $text, "gzip and gunzip");
is(crc32("123456789"), 0xcbf43926, "crc32");

is(URI->new("http://a/b/c")->rel("http://a/")->as_string, "b/c", "URI");
is(HTTP::Request->new(GET => "http://x/", [ A => "b" ])->header("a"), "b",
   "HTTP::Request");
is(NFD("\x{e9}"), "e\x{301}", "Unicode::Normalize");
is(Time::Piece->strptime("2020-02-29", "%Y-%m-%d")->add_months(12)->ymd,
   "2021-03-01", "Time::Piece");
is_deeply(JSON->new->decode('{"a":[1,2,{"b":null}]}'),
	  { a => [ 1, 2, { b => undef } ] }, "JSON");
my %h = (a => 1);
lock_keys(%h);
ok(!eval { $h{b} = 1; 1 }, "Hash::Util");
ok(length hostname(), "hostname");

done_testing;
