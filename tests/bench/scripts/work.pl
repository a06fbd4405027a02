# Hashes, regular expressions, strings and subroutines.
use strict;

sub gcd { my ($x, $y) = @_; ($x, $y) = ($y, $x % $y) while $y; return $x }
my (%count, $sum);
for my $i (1 .. 40000) {
	my $word = "k" . ($i * 7919 % 1013);
	$count{$word} .= chr(97 + $i % 26);
	$sum += gcd($i, 360360);
}
my $all = join ",", map { "$_=$count{$_}" } sort keys %count;
my $n = () = $all =~ /([a-z])[a-z]\1/g;
(my $copy = $all) =~ s/k(\d+)=/<$1>/g;
my @sorted = sort { length($count{$a}) <=> length($count{$b}) || $a cmp $b }
	keys %count;
print "$sum $n ", length($copy), " $sorted[0] $sorted[-1]\n";
