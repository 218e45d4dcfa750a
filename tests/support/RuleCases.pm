package RuleCases;
# The cases of rules in tests/cases, as suites that can be run: the migrator is psql, and a case that
# says CONCURRENTLY anywhere runs its statements apart.
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(case_suite remarks);
use JSON::PP;

sub file {
    my ($case, $name) = @_;
    for my $path ("$case/$name", "$case/../$name") {
        open my $in, '<', $path or next;
        local $/;
        return scalar <$in>;
    }
    return '';
}

sub write_to {
    my ($path, $content) = @_;
    open my $out, '>', $path or die "$path: $!";
    print $out $content;
    close $out or die "$path: $!";
}

# Makes the suite of a case in a new folder; further lines of its suite.yaml may follow.
sub case_suite {
    my ($case, $folder, $more) = @_;
    my $up = file($case, 'upgrade.sql');
    my $one = $up =~ /CONCURRENTLY/ ? '' : '-1';
    mkdir $_ or die "$_: $!" for $folder, "$folder/migrations", "$folder/validations";
    write_to("$folder/migrations/upgrade-1.sql", file($case, 'baseline.sql')
        . "\nCREATE TABLE case_revision (revision text);\nINSERT INTO case_revision VALUES ('1');\n");
    write_to("$folder/migrations/upgrade-2.sql", "$up\nUPDATE case_revision SET revision = '2';\n");
    write_to("$folder/migrations/downgrade-1.sql",
        file($case, 'downgrade.sql') . "\nUPDATE case_revision SET revision = '1';\n");
    write_to("$folder/migrations/history.txt", "2\n");
    write_to("$folder/validations/none.sql", "SELECT 1 WHERE false\n");
    write_to("$folder/data.sql", file($case, 'data.sql') || "SELECT 1;\n");
    write_to("$folder/suite.yaml", <<"END" . file($case, 'suite.yaml') . ($more // ''));
name: case
title: A case of a rule
baseline: "1"
target: "2"
time_limit: 60
migrators:
  - name: psql
    directory: migrations
    upgrade: psql -X -q -v ON_ERROR_STOP=1 $one -f upgrade-{revision}.sql
    downgrade: psql -X -q -v ON_ERROR_STOP=1 $one -f downgrade-{revision}.sql
    current: psql -X -A -t -c 'SELECT revision FROM case_revision'
    history: cat history.txt
preserved_tables: [case_revision]
validations:
  - {name: pre-migration, folder: validations}
fixtures:
  - name: varied
    sql: data.sql
    rows: [{table: case_revision, count: 1}]
END
    return $folder;
}

# What the checks of a run say: [outcome, name, message], of those that say something.
sub remarks {
    my ($path) = @_;
    open my $in, '<', $path or return;
    my $run = do { local $/; decode_json(scalar <$in>) };
    my @found;
    my @queue = ($run);
    while (defined(my $x = shift @queue)) {
        if (ref $x eq 'HASH') {
            push @found, [$x->{outcome}, $x->{name}, $x->{message}]
                if exists $x->{outcome} && $x->{name} && $x->{message};
            push @queue, grep {ref} values %$x;
        } elsif (ref $x eq 'ARRAY') {
            push @queue, grep {ref} @$x;
        }
    }
    return @found;
}
1;
