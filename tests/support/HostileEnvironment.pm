# What an environment can hold that steers libpq and the server's programs (PostgreSQL manual, 34.15),
# each with a value that leads astray, breaks a connection or changes what is read.
package HostileEnvironment;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(variables batches temporaries);

my %values = (
    PGHOST => ['/nonexistent', '203.0.113.1'],
    PGHOSTADDR => ['203.0.113.1', 'rubbish'],
    PGPORT => ['1', 'rubbish'],
    PGDATABASE => ['nosuch', "a'b\"c"],
    PGUSER => ['nosuch'],
    PGPASSWORD => ["of some other server's"],
    PGPASSFILE => ['/nonexistent', '/dev/zero'],
    PGREQUIREAUTH => ['scram-sha-256', 'rubbish'],
    PGCHANNELBINDING => ['require', 'rubbish'],
    PGSERVICE => ['nosuch'],
    PGSERVICEFILE => ['/nonexistent'],
    PGOPTIONS => ['-c default_transaction_read_only=on', '-c search_path=nosuch -c statement_timeout=1', '--nosuch=1'],
    PGAPPNAME => ['x' x 200, "%s%n\x{1b}[31m"],
    PGSSLMODE => ['verify-full', 'rubbish'],
    PGREQUIRESSL => ['1'],
    PGSSLNEGOTIATION => ['direct', 'rubbish'],
    PGSSLCOMPRESSION => ['1'],
    PGSSLCERT => ['/nonexistent'],
    PGSSLKEY => ['/nonexistent'],
    PGSSLCERTMODE => ['require', 'rubbish'],
    PGSSLROOTCERT => ['/nonexistent', 'system'],
    PGSSLCRL => ['/nonexistent'],
    PGSSLCRLDIR => ['/nonexistent'],
    PGSSLSNI => ['0'],
    PGREQUIREPEER => ['nosuch'],
    PGSSLMINPROTOCOLVERSION => ['TLSv1.3', 'rubbish'],
    PGSSLMAXPROTOCOLVERSION => ['TLSv1', 'rubbish'],
    PGGSSENCMODE => ['require', 'rubbish'],
    PGKRBSRVNAME => ['nosuch'],
    PGGSSLIB => ['rubbish'],
    PGGSSDELEGATION => ['1'],
    PGCONNECT_TIMEOUT => ['1', 'rubbish'],
    PGCLIENTENCODING => ['LATIN1', 'SQL_ASCII', 'rubbish'],
    PGTARGETSESSIONATTRS => ['read-only', 'standby', 'rubbish'],
    PGLOADBALANCEHOSTS => ['random', 'rubbish'],
    PGMINPROTOCOLVERSION => ['3.2', 'rubbish'],
    PGMAXPROTOCOLVERSION => ['3.0', 'rubbish'],
    PGDATESTYLE => ['German, YMD', 'rubbish'],
    PGTZ => ['Asia/Kathmandu', 'rubbish'],
    PGGEQO => ['off', 'rubbish'],
    PGSYSCONFDIR => ['/nonexistent'],
    PGLOCALEDIR => ['/nonexistent'],
    # of the server's programs, of psql, and of everybody
    PGDATA => ['/nonexistent'],
    PGCTLTIMEOUT => ['0'],
    PG_COLOR => ['always'],
    PSQLRC => ['/dev/zero'],
    PSQL_PAGER => ['false'],
    PAGER => ['false'],
    TZ => ['Asia/Kathmandu', 'rubbish'],
    LC_ALL => ['tr_TR.UTF-8', 'rubbish'],
    LANGUAGE => ['de'],
    HOME => ['/nonexistent'],
    XDG_CACHE_HOME => ['relative', '/nonexistent'],
    ENV => ['/nonexistent'],
    BASH_ENV => ['/nonexistent'],
    CDPATH => ['/:/tmp'],
    COLUMNS => ['1', 'rubbish'],
);

# [NAME, VALUE] each.
sub variables {
    return map { my $name = $_; map { [$name, $_] } @{$values{$name}} } sort keys %values;
}

# As few environments as hold every value once.
sub batches {
    my @batches;
    for my $name (sort keys %values) {
        $batches[$_]{$name} = $values{$name}[$_] for 0 .. $#{$values{$name}};
    }
    return @batches;
}

# Folders for TMPDIR below $base, [WHAT, PATH] each: of every length at which the names below come to the
# end of what a socket's address holds, and with what shells and configurations quote.
sub temporaries {
    my ($base, @lengths) = @_;
    my @folders = map { ["of $_ bytes", "$base/" . 'd' x ($_ - 1 - length $base)] } grep { $_ > 2 + length $base } @lengths;
    push @folders, ['with quotes and spaces', "$base/it's \"far\" away"], ['with a %', "$base/a%20b\\c"],
        ['with a dollar', "$base/\$(false)`false`;&"], ['with a letter of two bytes', "$base/\x{c3}\x{a9}"];
    for (@folders) { -d $_->[1] or mkdir $_->[1] or die "$_->[1]: $!" }
    return @folders;
}

1;
