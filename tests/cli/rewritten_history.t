#!/usr/bin/perl
# rewritten-history: a branch that touches revisions which databases have, with migrators that skip
# such a revision, apply it late, or refuse it.
# Takes long.
use strict;
use warnings;
use lib 'tests/support';
use RunTest;
use Test::More;

my $program = "$RunTest::build/bin/pgrehearse";
my $cases = 'tests/cases/rewritten-history';
my $property = 'databases that have the earlier history come to the same schema';

my $orders = 'CREATE TABLE orders (id integer PRIMARY KEY);';
my $tags = read_file("$cases/baseline.sql");
my $notes = 'CREATE TABLE notes (id integer PRIMARY KEY);';

sub golang { my ($number, $name, $up) = @_;
    return ("${number}_$name.up.sql" => $up, "${number}_$name.down.sql" => "DROP TABLE $name;\n") }
sub dbmate { my ($number, $name, $up) = @_;
    return ("${number}_$name.sql" => "-- migrate:up\n$up\n-- migrate:down\nDROP TABLE $name;\n") }
sub flyway { my ($number, $name, $up) = @_; return ("V${number}__$name.sql" => $up) }

# A project whose main branch has two revisions, 1 and 3.
sub project {
    my ($form) = @_;
    my $folder = area('project');
    mkdir "$folder/migrations" or die;
    my %files = ($form->(1, 'orders', $orders), $form->(3, 'tags', $tags));
    write_file("$folder/migrations/$_", $files{$_}) for keys %files;
    system("git init -q -b main $folder && cd $folder && git add -A && "
        . 'git -c user.name=a -c user.email=a@example.com commit -qm first && git checkout -qb branch') == 0 or die 'git';
    return $folder;
}

# What a run says of a branch with these files; undef: the file is gone.
sub rehearse {
    my ($form, %files) = @_;
    my $folder = project($form);
    for my $name (sort keys %files) {
        defined $files{$name} ? write_file("$folder/migrations/$name", $files{$name}) : unlink "$folder/migrations/$name";
    }
    my $output = area('output');
    my $out = qx{cd $folder && $program run --since main --scenario fresh --server '$ENV{PGREHEARSE_TEST_SERVER}' --output $output 2>&1};
    return ($? >> 8, $out);
}

sub finds {
    my ($what, $expected, $form, %files) = @_;
    my ($status, $output) = rehearse($form, %files);
    is($status, 1, "$what: a finding");
    like($output, $expected, '  which says what becomes of a database of main') or diag $output;
    like($output, qr/\Q$property/, '  and which property it violates');
}

sub passes {
    my ($what, $form, %files) = @_;
    my ($status, $output) = rehearse($form, %files);
    is($status, 0, "$what: passes") or diag $output;
    unlike($output, qr/history/, '  in silence');
}

finds('put before others, with a migrator that skips it',
    qr{migrations/2_notes\.up\.sql: the history differs from that of main \(2 now comes before 3\): a database of main ends up otherwise than a new one: without table public\.notes\n.*give 2 a place behind every existing one},
    \&golang, golang(2, 'notes', $notes));
passes('put before others, with one that applies it late', \&dbmate, dbmate(2, 'notes', $notes));
finds('put before others, with one that applies it late, where the order matters',
    qr{2 now comes before 3\): a database of main ends up otherwise than a new one: with grant public\.tags},
    \&dbmate, dbmate(2, 'notes', 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;'));
passes('behind all others', \&golang, golang(4, 'notes', $notes));

finds('edited', qr{3 was changed\): a database of main ends up otherwise than a new one: without index public\.tags\.tags_word\n.*restore 3 as main has it},
    \&golang, golang(3, 'tags', read_file("$cases/broken/upgrade.sql")));
passes('edited without another result', \&golang, golang(3, 'tags', read_file("$cases/sound/upgrade.sql")));
finds('edited without another result, with a migrator that keeps checksums', qr{3 was changed\): a database of main cannot be upgraded: .*V3__tags\.sql has changed},
    \&flyway, flyway(3, 'tags', read_file("$cases/sound/upgrade.sql")));
finds('removed', qr{3 is gone\): a database of main cannot be upgraded}, \&golang,
    '3_tags.up.sql' => undef, '3_tags.down.sql' => undef, golang(4, 'notes', $notes));

# what is meant
{
    my ($status, $output) = rehearse(\&golang,
        golang(3, 'tags', "-- pgrehearse: allow rewritten-history no database has it yet\n" . read_file("$cases/broken/upgrade.sql")));
    is($status, 0, 'allowed, it is no finding') or diag $output;
    like($output, qr/allowed \(3_tags\.up\.sql:1: no database has it yet\): the history differs/, '  and is shown with its reason');
}
done_testing;
