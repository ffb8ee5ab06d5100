#!/usr/bin/perl
# report.pl [--missing] [FOLDER...]: which lines of the product the tests reached. Run by `./dev coverage` after the tests of preset
# coverage; reads what they left in build/coverage, through gcovr, and prints a row for each folder and the total. With
# --missing each line that was not reached follows, of all folders or of the named ones.
#
# Counted is every line of compiler/, runtime/, cli/ and the oracle that has code; what ANTLR writes is not there. Lines of
# unreached.txt are left out of the count, and each must be as it says: there once, and not reached. Ends with 1 when fewer
# than $wanted of a hundred lines are reached, or when unreached.txt is wrong.
use strict;
use warnings;

my $wanted = 96;
my @measured = qw(compiler/ runtime/ cli/ tests/agree/oracle/);
my $exceptions = 'tests/coverage/unreached.txt';

my $show_missing = @ARGV && $ARGV[0] eq '--missing' ? shift @ARGV : '';
my @shown = map { s{/+$}{}r . '/' } @ARGV;

# reached_lines: file -> line -> whether a test reached it.
sub reached_lines {
  my $xml = 'build/coverage/lines.xml';
  chomp(my $jobs = `nproc 2>/dev/null` || 2);
  my @filters = map { ('--filter', $_) } @measured;
  system('gcovr', '--root', '.', '-j', $jobs, @filters, '--sonarqube', $xml, 'build/coverage') == 0 or die "gcovr failed\n";
  open my $in, '<', $xml or die "$xml: $!\n";
  my $all = do { local $/; <$in> };  # one long line
  my (%lines, $file);
  while ($all =~ /<file path="([^"]*)"|<lineToCover lineNumber="(\d+)" covered="(true|false)"/g) {
    if (defined $1) { $file = -f $1 ? $1 : undef }  # a source that was deleted leaves its notes behind
    elsif (defined $file) { $lines{$file}{$2} = $3 eq 'true' }
  }
  die "nothing was measured; the tests run first: ./dev coverage\n" unless %lines;
  return \%lines;
}

sub text_of {
  my ($file) = @_;
  open my $in, '<', $file or return ();
  chomp(my @text = <$in>);
  s/^\s+|\s+$//g for @text;
  return @text;
}

# The entries of unreached.txt: {reason, file, lines => [text...]}.
sub entries {
  my @entries;
  for (text_of($exceptions)) {
    if (/^== (.*)/) { push @entries, {reason => $1, file => '', lines => []} }
    next unless @entries;
    if (/^file (.*)/) { $entries[-1]{file} = $1 }
    if (/^- (.*)/) { push @{$entries[-1]{lines}}, $1 =~ s/^\s+//r }
  }
  return @entries;
}

# Takes the lines of the entries out of the count. Returns how many of each folder, and what is wrong with the entries.
sub leave_out {
  my ($lines) = @_;
  my (%left_out, @wrong);
  for my $entry (entries()) {
    my $file = $entry->{file};
    my @text = text_of($file);
    my @wanted = @{$entry->{lines}};
    my @places = grep { my $at = $_; !grep { ($text[$at + $_] // '') ne $wanted[$_] } 0 .. $#wanted } 0 .. $#text;
    if (!@wanted || @places != 1) {
      push @wrong, "`$entry->{reason}` should stand once in $file, and stands there " . scalar(@places) . ' times';
      next;
    }
    my @counted = grep { exists $lines->{$file}{$_} } map { $places[0] + 1 + $_ } 0 .. $#wanted;
    push @wrong, "`$entry->{reason}`: $file:$_ is reached by a test" for grep { $lines->{$file}{$_} } @counted;
    push @wrong, "`$entry->{reason}`: no line of it in $file has code" unless @counted;
    delete @{$lines->{$file}}{@counted};
    $left_out{folder($file)} += @counted;
  }
  return (\%left_out, @wrong);
}

sub folder { return $_[0] =~ s{/[^/]*$}{}r }

sub row { printf "%-24s %7s %7s %7s %9s\n", @_ }

sub percent { return sprintf '%.2f %%', 100 * $_[0] / $_[1] }

my $lines = reached_lines();
my ($left_out, @wrong) = leave_out($lines);

my (%reached, %all);
for my $file (keys %$lines) {
  $all{folder($file)} += keys %{$lines->{$file}};
  $reached{folder($file)} += grep { $_ } values %{$lines->{$file}};
}
my ($reached, $all, $left) = (0, 0, 0);
row('folder', 'lines', 'reached', 'left out', '');
for my $folder (sort keys %all) {
  next unless $all{$folder};
  row($folder, $all{$folder}, $reached{$folder}, $left_out->{$folder} // 0, percent($reached{$folder}, $all{$folder}));
  $reached += $reached{$folder};
  $all += $all{$folder};
  $left += $left_out->{$folder} // 0;
}
row('total', $all, $reached, $left, percent($reached, $all));

if ($show_missing) {
  for my $file (sort keys %$lines) {
    next if @shown && !grep { index($file, $_) == 0 } @shown;
    my @text = text_of($file);
    print "$file:$_: $text[$_ - 1]\n" for sort { $a <=> $b } grep { !$lines->{$file}{$_} } keys %{$lines->{$file}};
  }
}

print STDERR "$exceptions: $_\n" for @wrong;
my $enough = $reached * 100 >= $wanted * $all;
print STDERR "fewer than $wanted of a hundred lines are reached; ./dev coverage --missing lists the others\n" unless $enough;
exit(@wrong || !$enough ? 1 : 0);
