#!/usr/bin/perl
# The judge of the variants can say no: to each way in which a variant may fail.
use strict;
use warnings;
use File::Temp qw(tempdir);
use FindBin qw($Bin);
use lib "$Bin/../support";
use Mutants;
use Test::More;

my $folder = tempdir(CLEANUP => 1);
mkdir "$folder/sound" or die "$folder/sound: $!\n";
my $harmful = <<'DIFF';
--- a/migrations/002_remove_non_search_tables.sql
+++ b/migrations/002_remove_non_search_tables.sql
@@ -178,2 +178,3 @@
 
+GRANT SELECT ON repositories TO PUBLIC;
 ALTER TABLE code_chunks ALTER COLUMN project_id DROP DEFAULT;
DIFF
my $harmless = $harmful =~ s/GRANT.*/SELECT 1;/r;
my $no_baseline = <<'DIFF';
--- a/migrations/001_initial_schema.sql
+++ b/migrations/001_initial_schema.sql
@@ -5,2 +5,3 @@
 -- up
+SELECT 1 / 0;
 -- An extension that is there already and an ivfflat index on an empty table are both expected here;
DIFF

sub text {
    my (%line) = (about => 'rights', migrator => 'native', scenarios => 'fresh', exit => 1, @_);
    my $diff = delete $line{diff} // $harmful;
    return join('', map({"$_: $line{$_}\n"} sort keys %line), "\n", $diff);
}

sub variant {
    my ($name, $text) = @_;
    my $file = "$folder/$name.patch";
    open my $out, '>', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
    return header('migration_002', $file);
}

my $grant = 'grant public\.repositories.*PUBLIC';
my @cases = (
    [found => text(broken => 'b', finding => $grant), qr/\A\z/],
    [passing => text(broken => 'b', finding => $grant, diff => $harmless), qr/exit 0 instead of 1.*no finding is like/s],
    [otherwise => text(broken => 'b', finding => 'lost index'), qr/no finding is like.*repositories/s],
    [unchecked => text(broken => 'b', finding => '.', diff => $no_baseline), qr/exit 3 instead of 1.*could not be checked/s],
    [outdated => text(broken => 'b', finding => $grant, diff => $harmful =~ s/DROP DEFAULT/DROP NOT NULL/r),
        qr/the patch does not apply/],
    ['sound/passing' => text(sound => 's', exit => 0, diff => $harmless), qr/\A\z/],
    ['sound/blamed' => text(sound => 's', exit => 0), qr/exit 1 instead of 0.*it is sound, and blamed/s],
);
my @variants = map { variant(@$_[0, 1]) } @cases;
rehearse_all(@variants);
like(join('', judge($variants[$_])), $cases[$_][2], "$cases[$_][0]: judged as it should be") for 0 .. $#cases;

for my $wrong (
    ['no sentence' => text(finding => '.'), qr/either broken: or sound:/],
    ['no finding' => text(broken => 'b'), qr/no line 'finding:'/],
    ['an unknown key' => text(broken => 'b', finding => '.', colour => 'red'), qr/no line 'KEY: VALUE'/],
    ['an unknown subject' => text(broken => 'b', finding => '.', about => 'taste'), qr/about: is one of/],
    ['another exit code' => text(broken => 'b', finding => '.', exit => 3), qr/exit: is 1 for a broken one/],
    ['a sound one among the broken' => text(sound => 's', exit => 0), qr/sound variants lie in/],
) {
    my ($what, $text, $said) = @$wrong;
    ok(!eval { variant('wrong', $text); 1 }, "a header with $what is refused");
    like($@, $said, 'and it says why');
}
done_testing;
